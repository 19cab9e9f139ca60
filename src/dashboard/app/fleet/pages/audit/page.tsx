import type { AuditReply } from '../../../../../collector/api/action-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf, replaceWords, useAddress } from '../../../frame/address.ts';
import { Badge } from '../../../kit/badge.tsx';
import { Card } from '../../../kit/card.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import type { Standing } from '../../../kit/tile.tsx';
import { dayAndTime, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { ActionReason } from '../../action-reason.tsx';
import { actionWords } from '../../action-words.ts';
import { ListPager } from '../../list-pager.tsx';
import { KeepsNone, keepsNone } from '../../obstacle.tsx';
import { auditWords } from './words.ts';

type Entry = AuditReply['entries'][number];

const EVERY_MS = 10_000;
const PAGE_LENGTH = 50;
/** Who does what the plan of an action says. */
const ITSELF = 'collector';
const STANDINGS: Readonly<Partial<Record<Entry['what'], Standing>>> = {
  halted: 'bad',
  refused: 'bad',
  aborted: 'fair',
  ended: 'good',
};

/** Who did what to the fleet. */
export default function Audit() {
  const words = useWords(auditWords);
  const common = useWords(actionWords);
  const before = useAddress().words.get('before') ?? undefined;
  const asked = useApi<AuditReply>('/api/v1/fleet/audit', {
    words: { limit: PAGE_LENGTH, before },
    everyMs: EVERY_MS,
    keeps: true,
  });
  if (keepsNone(asked)) return <KeepsNone />;
  return (
    <Answered asked={asked}>
      {({ entries, broken }) => (
        <Card title={words.title} hint={words.hint}>
          {broken !== null && (
            <p class="problem" role="alert">
              {words.broken(broken)}
            </p>
          )}
          <AuditTable entries={entries} empty={before === undefined ? words.none : words.noneEarlier} />
          <ListPager
            isLater={before !== undefined}
            next={earlierThan(entries)}
            first={common.newest}
            more={common.earlier}
            onTurn={(page) => replaceWords({ before: page })}
          />
        </Card>
      )}
    </Answered>
  );
}

/** Those that were put away are not here: a page may end the audit before its first number. */
function earlierThan(entries: readonly Entry[]): string | null {
  const last = entries.at(-1)?.n;
  return entries.length < PAGE_LENGTH || last === 1 ? null : String(last);
}

function AuditTable({ entries, empty }: Pick<AuditReply, 'entries'> & { readonly empty: string }) {
  const words = useWords(auditWords);
  return (
    <Table
      caption={words.title}
      rows={entries}
      keyOf={({ n }) => String(n)}
      empty={empty}
      columns={[
        { title: '#', cell: ({ n }) => number(n), isNumber: true, isMinor: true },
        { title: words.at, cell: ({ at }) => dayAndTime(at) },
        { title: words.by, cell: ({ by }) => (by === ITSELF ? <span class="soft">{words.itself}</span> : by) },
        {
          title: words.what,
          cell: (entry) => (
            <>
              <Badge text={words.whats[entry.what]} standing={STANDINGS[entry.what] ?? 'none'} /> <Told entry={entry} />
              <details>
                <summary>{words.details}</summary>
                <pre class="message">{JSON.stringify(entry, null, 2)}</pre>
              </details>
            </>
          ),
        },
        {
          title: words.action,
          cell: ({ action }) => action !== null && <a href={hrefOf('action', { id: action })}>{action}</a>,
          isMinor: true,
        },
      ]}
    />
  );
}

/** What an entry says, in short. */
function Told({ entry: { what, detail } }: { readonly entry: Entry }) {
  const words = useWords(auditWords);
  if (what === 'labelled') return <>{words.labels(number(Array.isArray(detail) ? detail.length : null))}</>;
  const { command, devices, reason, note, in_spite_of, site, device, from, through, file } = (detail ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (what === 'asked' || what === 'answered') return <>{words.question(String(command), `${site}/${device}`)}</>;
  if (what === 'begun' && typeof devices === 'number')
    return (
      <>
        {words.forDevices(String(command), number(devices))}
        {typeof note === 'string' && <span class="soft"> {note}</span>}
      </>
    );
  if (what === 'archived') return <>{words.archived(number(Number(from)), number(Number(through)), String(file))}</>;
  const why = reason ?? in_spite_of;
  return typeof why === 'string' ? <ActionReason text={why} /> : null;
}
