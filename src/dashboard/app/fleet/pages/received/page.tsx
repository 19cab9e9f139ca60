import type { FleetReply, QuarantineReply } from '../../../../../collector/api/fleet-shapes.ts';
import type { OverviewReply } from '../../../../../collector/api/overview-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { Tile, Tiles } from '../../../kit/tile.tsx';
import { bytes, dayAndTime, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { receivedWords } from './words.ts';

const EVERY_MS = 10_000;
const MOST_MESSAGES = 50;
const MOST_DEVICES = 20;

/** How the collecting goes, what was refused and why, and of which devices something is missing. */
export default function Received() {
  const words = useWords(receivedWords);
  const fleet = useApi<FleetReply>('/api/v1/fleet', { everyMs: EVERY_MS });
  const refused = useApi<QuarantineReply>('/api/v1/fleet/quarantine', {
    words: { limit: MOST_MESSAGES },
    everyMs: EVERY_MS,
  });
  const devices = useApi<OverviewReply>('/api/v1/fleet/overview', {
    words: { sort: 'lost', order: 'down', limit: MOST_DEVICES },
    everyMs: EVERY_MS,
  });
  return (
    <>
      <Card title={words.collecting}>
        <Answered asked={fleet}>{(reply) => <Collecting fleet={reply} />}</Answered>
      </Card>
      <Card title={words.lost} hint={words.lostHint}>
        <Answered asked={devices}>
          {({ rows }) => (
            <Table
              caption={words.lost}
              rows={rows.filter(({ lost }) => lost > 0)}
              keyOf={({ site, device }) => `${site}/${device}`}
              empty={words.lostNone}
              columns={[
                {
                  title: words.device,
                  cell: ({ site, device }) => <a href={hrefOf('device', { site, device })}>{`${site} / ${device}`}</a>,
                },
                { title: words.count, cell: ({ lost }) => number(lost), isNumber: true },
              ]}
            />
          )}
        </Answered>
      </Card>
      <Answered asked={refused}>{(reply) => <Refused reply={reply} />}</Answered>
    </>
  );
}

function Collecting({ fleet: { counts, waiting, problem, broker } }: { readonly fleet: FleetReply }) {
  const words = useWords(receivedWords);
  return (
    <>
      {problem !== null && (
        <p class="problem" role="alert">
          <strong>{words.problem}</strong> <span lang="en">{problem}</span>
        </p>
      )}
      <Tiles>
        <Tile
          label={words.broker}
          value={broker.connected ? words.connected : words.notConnected}
          note={broker.problem ?? undefined}
          standing={broker.connected ? 'good' : 'bad'}
        />
        <Tile label={words.received} value={number(counts.received)} note={words.since} />
        <Tile label={words.taken} value={number(counts.taken)} />
        <Tile label={words.doubles} value={number(counts.doubles)} note={words.doublesNote} />
        <Tile
          label={words.refused}
          value={number(counts.quarantined)}
          note={words.refusedNote}
          standing={counts.quarantined === 0 ? 'good' : 'fair'}
        />
        <Tile label={words.waiting} value={number(waiting)} />
        <Tile label={words.rebirths} value={number(counts.rebirths)} />
      </Tiles>
    </>
  );
}

function Refused({ reply: { counts, messages } }: { readonly reply: QuarantineReply }) {
  const words = useWords(receivedWords);
  const why = (reason: string): string => words.why[reason as keyof typeof words.why] ?? reason;
  return (
    <>
      <Card title={words.reasons}>
        <Table
          caption={words.reasons}
          rows={Object.entries(counts).sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))}
          keyOf={([reason]) => reason}
          empty={words.none}
          columns={[
            { title: words.reason, cell: ([reason]) => why(reason) },
            { title: words.messages, cell: ([, count]) => number(count), isNumber: true },
          ]}
        />
      </Card>
      {messages.length > 0 && (
        <Card title={words.newest} hint={words.newestHint}>
          <Table
            caption={words.newest}
            rows={messages}
            keyOf={({ id }) => String(id)}
            columns={[
              { title: words.when, cell: ({ receivedAt }) => dayAndTime(receivedAt) },
              { title: words.reason, cell: ({ reason }) => why(reason) },
              {
                title: words.sample,
                cell: ({ topic, detail, sample }) => (
                  <details>
                    <summary>
                      <code>{topic}</code>
                    </summary>
                    <p lang="en">{detail}</p>
                    <pre class="message">{sample}</pre>
                  </details>
                ),
              },
              { title: words.bytes, cell: (one) => bytes(one.bytes), isNumber: true, isMinor: true },
            ]}
          />
        </Card>
      )}
    </>
  );
}
