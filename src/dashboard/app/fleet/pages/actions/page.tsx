import type { ActionShown, ActionsReply } from '../../../../../collector/api/action-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf, replaceWords, useAddress } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { ago, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { ActionReason } from '../../action-reason.tsx';
import { ActionBadge, TaskBar } from '../../action-standing.tsx';
import { actionWords } from '../../action-words.ts';
import { ListPager } from '../../list-pager.tsx';
import { useMayChange } from '../../may-change.ts';
import { KeepsNone, keepsNone, Obstacle } from '../../obstacle.tsx';
import { actionListWords } from './words.ts';

const EVERY_MS = 5000;
const PAGE_LENGTH = 20;

/** What was and is done with the fleet. */
export default function Actions() {
  const words = useWords(actionListWords);
  const common = useWords(actionWords);
  const mayChange = useMayChange();
  const { words: address } = useAddress();
  const asked = useApi<ActionsReply>('/api/v1/fleet/actions', {
    words: { limit: PAGE_LENGTH, after: address.get('after') ?? undefined },
    everyMs: EVERY_MS,
    keeps: true,
  });
  if (keepsNone(asked)) return <KeepsNone />;
  return (
    <Answered asked={asked}>
      {(reply) => (
        <>
          <Obstacle reply={reply} mayChange={mayChange} />
          <Card
            title={words.title}
            aside={
              mayChange &&
              reply.obstacle === null && (
                <a class="act" href={hrefOf('begin')}>
                  {words.begin}
                </a>
              )
            }
          >
            <ActionTable actions={reply.actions} />
            <ListPager
              isLater={address.has('after')}
              next={reply.next}
              first={common.newest}
              more={common.earlier}
              onTurn={(after) => replaceWords({ after })}
            />
          </Card>
        </>
      )}
    </Answered>
  );
}

function ActionTable({ actions }: Pick<ActionsReply, 'actions'>) {
  const words = useWords(actionListWords);
  const common = useWords(actionWords);
  const stageText = ({ stage, stages }: ActionShown): string =>
    stages.length < 2 ? '' : common.stageOf(number(stage + 1), number(stages.length));
  return (
    <Table
      caption={words.title}
      rows={actions}
      keyOf={({ id }) => id}
      empty={words.none}
      columns={[
        {
          title: words.command,
          cell: ({ id, command, note, by, createdAt }) => (
            <>
              <a href={hrefOf('action', { id })}>{command}</a>
              <br />
              <span class="soft">
                {ago(createdAt)} {words.by(by)}
              </span>
              {note !== null && (
                <>
                  <br />
                  <span class="soft">{note}</span>
                </>
              )}
            </>
          ),
        },
        {
          title: words.state,
          cell: (action) => (
            <>
              <ActionBadge action={action} /> <span class="soft">{stageText(action)}</span>
              <TaskBar devices={action.devices} />
              {action.state === 'halted' && action.reason !== null && (
                <p class="why">
                  <ActionReason text={action.reason} />
                </p>
              )}
            </>
          ),
        },
      ]}
    />
  );
}
