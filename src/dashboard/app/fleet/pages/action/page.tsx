import { type ComponentChildren, Fragment } from 'preact';
import type { ActionReply } from '../../../../../collector/api/action-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf, useAddress } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { dayAndTime, duration, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { ActionReason } from '../../action-reason.tsx';
import { ActionBadge, TaskBar } from '../../action-standing.tsx';
import { useMayChange } from '../../may-change.ts';
import { keepsNone } from '../../obstacle.tsx';
import { DecideAction } from './decide.tsx';
import { ActionDevices } from './devices.tsx';
import { oneActionWords } from './words.ts';

const EVERY_MS = 3000;

/** One action: how far it is, stage by stage and device by device. */
export default function OneAction() {
  const words = useWords(oneActionWords);
  const mayChange = useMayChange();
  const id = useAddress().words.get('id');
  const path = id === null ? null : `/api/v1/fleet/actions/${encodeURIComponent(id)}`;
  const asked = useApi<ActionReply>(path, { everyMs: EVERY_MS });
  return (
    <>
      <p>
        <a href={hrefOf('actions')}>← {words.back}</a>
      </p>
      {path === null ? (
        <p>{words.none}</p>
      ) : keepsNone(asked) ? (
        <p class="empty">{words.gone}</p>
      ) : (
        <Answered asked={asked}>
          {(action) => (
            <>
              <ActionFacts action={action}>
                {mayChange && action.endedAt === null && <DecideAction action={action} onDecided={asked.reload} />}
              </ActionFacts>
              <StageTable action={action} />
              <ActionDevices path={path} />
            </>
          )}
        </Answered>
      )}
    </>
  );
}

interface ActionProps {
  readonly action: ActionReply;
}

function ActionFacts({ action, children }: ActionProps & { readonly children: ComponentChildren }) {
  const words = useWords(oneActionWords);
  const { command, reason, by, createdAt, endedAt, deadlineAt, note, chosen, body, watchMs, mostFailures } = action;
  const facts: [string, string][] = [
    [words.by, by],
    [words.at, dayAndTime(createdAt)],
    endedAt === null ? [words.until, dayAndTime(deadlineAt)] : [words.ended, dayAndTime(endedAt)],
    ...(note === null ? [] : [[words.note, note] as [string, string]]),
    [words.chosen, inWords(chosen)],
    ...(Object.keys(body).length === 0 ? [] : [[words.body, inWords(body)] as [string, string]]),
    ...(watchMs === 0 ? [] : [[words.watch, duration(watchMs / 1000)] as [string, string]]),
    [words.failures, number(mostFailures)],
  ];
  return (
    <Card title={command} aside={<ActionBadge action={action} />}>
      {reason !== null && (
        <p class={action.state === 'halted' ? 'reason bad' : 'reason'}>
          <ActionReason text={reason} />
        </p>
      )}
      <TaskBar devices={action.devices} />
      <dl class="facts">
        {facts.map(([name, text]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </dl>
      {children}
    </Card>
  );
}

const MOST_TEXT = 300;

/** `site=demo,north percent=10` */
function inWords(record: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(record)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value)}`,
    )
    .join(' · ');
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)} …` : text;
}

function StageTable({ action: { byStage, stages, stage, endedAt } }: ActionProps) {
  const words = useWords(oneActionWords);
  if (stages.length < 2) return null;
  return (
    <Card title={words.stages}>
      <Table
        caption={words.stages}
        rows={byStage.map((devices, index) => ({ devices, index }))}
        keyOf={({ index }) => String(index)}
        columns={[
          {
            title: words.stage,
            cell: ({ index }) => (
              <>
                {number(index + 1)} {index === stage && endedAt === null && <span class="soft">{words.now}</span>}
              </>
            ),
          },
          { title: words.of, cell: ({ index }) => number(stages[index]), isNumber: true, isMinor: true },
          { title: words.devices, cell: ({ devices }) => <TaskBar devices={devices} /> },
        ]}
      />
    </Card>
  );
}
