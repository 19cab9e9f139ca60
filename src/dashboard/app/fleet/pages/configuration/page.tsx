import type { ActionsReply } from '../../../../../collector/api/action-shapes.ts';
import type { DriftReply } from '../../../../../collector/api/configuration-routes.ts';
import { useApi } from '../../../data/api.ts';
import { replaceWords, useAddress } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { Coded } from '../../../kit/coded.tsx';
import { Answered, Empty } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { Tile, Tiles } from '../../../kit/tile.tsx';
import { number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { ListPager } from '../../list-pager.tsx';
import { useMayChange } from '../../may-change.ts';
import { KeepsNone, keepsNone, Obstacle } from '../../obstacle.tsx';
import { BringAbout } from './bring-about.tsx';
import { DriftTable } from './drift-table.tsx';
import { fleetConfigurationWords } from './words.ts';

const EVERY_MS = 10_000;
const PAGE_LENGTH = 50;
/** What the collector says where it was started without a file; a file that cannot be read is told otherwise. */
const NONE_DESIRED = 'no desired configuration';

/** Which devices are not configured as they are to be, and in what. */
export default function Configuration() {
  const words = useWords(fleetConfigurationWords);
  const mayChange = useMayChange();
  const { words: address } = useAddress();
  const state = address.get('state') ?? 'drifted';
  const after = address.get('after') ?? undefined;
  const asked = useApi<DriftReply>('/api/v1/fleet/configuration', {
    words: { state: state === '' ? undefined : state, after, limit: PAGE_LENGTH },
    everyMs: EVERY_MS,
    keeps: true,
  });
  const actions = useApi<ActionsReply>('/api/v1/fleet/actions', { words: { limit: 1 } });
  if (keepsNone(asked)) return <KeepsNone />;
  return (
    <Answered asked={asked}>
      {(drift) =>
        drift.problem?.startsWith(NONE_DESIRED) ? (
          <Empty title={words.noneDesired}>
            <p>
              <Coded text={words.noneDesiredHint} />
            </p>
          </Empty>
        ) : (
          <>
            {actions.data !== null && <Obstacle reply={actions.data} mayChange={mayChange} />}
            {drift.problem !== null && (
              <p class="problem" role="alert">
                {words.unreadable(drift.problem)}
              </p>
            )}
            <Counts drift={drift} />
            {mayChange && actions.data?.obstacle === null && (
              <BringAbout counts={drift.counts} onBegun={asked.reload} />
            )}
            <Card title={words.devices}>
              <div class="window">
                <Choice
                  label={words.show}
                  value={state}
                  options={words.shows}
                  onChange={(next) => replaceWords({ state: next, after: undefined })}
                />
              </div>
              <DriftTable devices={drift.devices} />
              <ListPager
                isLater={after !== undefined}
                next={drift.next}
                first={words.first}
                more={words.more}
                onTurn={(page) => replaceWords({ after: page })}
              />
            </Card>
            <Card title={words.groups}>
              <Table
                caption={words.groups}
                rows={drift.groups}
                keyOf={({ name }) => name}
                columns={[
                  { title: words.group, cell: ({ name }) => name },
                  { title: words.keys, cell: ({ keys }) => <code>{keys.join(', ')}</code> },
                ]}
              />
            </Card>
          </>
        )
      }
    </Answered>
  );
}

function Counts({ drift: { counts } }: { readonly drift: DriftReply }) {
  const words = useWords(fleetConfigurationWords);
  return (
    <Tiles>
      <Tile label={words.drifted} value={number(counts.drifted)} standing={counts.drifted === 0 ? 'good' : 'fair'} />
      <Tile
        label={words.unknown}
        value={number(counts.unknown)}
        note={words.unknownNote}
        standing={counts.unknown === 0 ? 'good' : 'fair'}
      />
      <Tile label={words.asDesired} value={number(counts['as-desired'])} />
    </Tiles>
  );
}
