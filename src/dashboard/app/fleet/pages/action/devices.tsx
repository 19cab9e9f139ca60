import { useState } from 'preact/hooks';
import type { TaskShown, TasksReply } from '../../../../../collector/api/action-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { Answered } from '../../../kit/state.tsx';
import { type Column, Table } from '../../../kit/table.tsx';
import { ago, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { ActionReason } from '../../action-reason.tsx';
import { TASK_ORDER, TaskBadge } from '../../action-standing.tsx';
import { actionWords } from '../../action-words.ts';
import { ListPager } from '../../list-pager.tsx';
import { oneActionWords } from './words.ts';

const EVERY_MS = 3000;
const PAGE_LENGTH = 50;

/** The devices of an action, page by page. @param path of the action in the API */
export function ActionDevices({ path }: { readonly path: string }) {
  const words = useWords(oneActionWords);
  const common = useWords(actionWords);
  const [state, setState] = useState('');
  const [after, setAfter] = useState<string | undefined>(undefined);
  const asked = useApi<TasksReply>(`${path}/devices`, {
    words: { state: state === '' ? undefined : state, after, limit: PAGE_LENGTH },
    everyMs: EVERY_MS,
    keeps: true,
  });
  const columns = useColumns();
  return (
    <Card title={words.devices}>
      <div class="window">
        <Choice
          label={words.show}
          value={state}
          options={{ '': words.all, ...Object.fromEntries(TASK_ORDER.map((one) => [one, common.tasks[one]])) }}
          onChange={(next) => {
            setState(next);
            setAfter(undefined);
          }}
        />
      </div>
      <Answered asked={asked}>
        {({ devices, next }) => (
          <>
            <Table
              caption={words.devices}
              rows={devices}
              keyOf={({ site, device }) => `${site}/${device}`}
              empty={words.nothing}
              columns={columns}
            />
            <ListPager
              isLater={after !== undefined}
              next={next}
              first={words.first}
              more={words.more}
              onTurn={setAfter}
            />
          </>
        )}
      </Answered>
    </Card>
  );
}

function useColumns(): Column<TaskShown>[] {
  const words = useWords(oneActionWords);
  const common = useWords(actionWords);
  return [
    {
      title: words.device,
      cell: ({ site, device }) => <a href={hrefOf('device', { site, device })}>{`${site} / ${device}`}</a>,
    },
    {
      title: words.state,
      cell: ({ state, reason, result }) => (
        <>
          <span title={common.taskHints[state]}>
            <TaskBadge state={state} />
          </span>
          {reason !== null && (
            <p class="why">
              <ActionReason text={reason} />
            </p>
          )}
          {result !== null && (
            <details>
              <summary>{words.answer}</summary>
              <pre class="message">{JSON.stringify(result, null, 2)}</pre>
            </details>
          )}
        </>
      ),
    },
    { title: words.stage, cell: ({ stage }) => number(stage + 1), isNumber: true },
    { title: words.attempts, cell: ({ attempts }) => number(attempts), isNumber: true, isMinor: true },
    { title: words.answered, cell: ({ answeredAt }) => ago(answeredAt), isMinor: true },
  ];
}
