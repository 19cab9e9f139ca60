import type { DeviceReply, GapsReply } from '../../../../../collector/api/fleet-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { Tile, Tiles } from '../../../kit/tile.tsx';
import { dayAndTime, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { deviceFleetWords } from './words.ts';

const EVERY_MS = 15_000;
const MOST_RANGES = 8;

/** What is missing of the device, and its connections. */
export function DeviceNumbers({ path }: { readonly path: string }) {
  const words = useWords(deviceFleetWords);
  const gaps = useApi<GapsReply>(`${path}/gaps`, { everyMs: EVERY_MS });
  const device = useApi<DeviceReply>(path, { everyMs: EVERY_MS });
  return (
    <>
      <Card title={words.numbers} hint={words.numbersHint}>
        <Answered asked={gaps}>{(found) => <Missing gaps={found} />}</Answered>
      </Card>
      <Card title={words.connections}>
        <Answered asked={device}>{({ connections }) => <Connections connections={connections} />}</Answered>
      </Card>
    </>
  );
}

function Missing({ gaps: { lost, toldDropped, waiting, missing, streams } }: { readonly gaps: GapsReply }) {
  const words = useWords(deviceFleetWords);
  if (lost + toldDropped + waiting + missing === 0) return <p>{words.complete}</p>;
  return (
    <>
      <Tiles>
        <Tile
          label={words.lostCount}
          value={number(lost)}
          note={words.lostMeans}
          standing={lost > 0 ? 'bad' : 'good'}
        />
        <Tile label={words.dropped} value={number(toldDropped)} note={words.droppedMeans} />
        <Tile label={words.waiting} value={number(waiting)} note={words.waitingMeans} />
        <Tile label={words.missing} value={number(missing)} note={words.missingMeans} />
      </Tiles>
      {streams.length > 0 && (
        <Table
          caption={words.numbers}
          rows={streams}
          keyOf={({ stream }) => stream}
          columns={[
            { title: words.stream, cell: ({ stream }) => <code>{stream}</code> },
            { title: words.lostCount, cell: ({ lostCount }) => number(lostCount), isNumber: true },
            { title: words.dropped, cell: (one) => number(one.toldDropped), isNumber: true },
            { title: words.waiting, cell: (one) => number(one.waiting), isNumber: true },
            { title: words.ranges, cell: (one) => rangesIn(one.lost), isMinor: true },
          ]}
        />
      )}
    </>
  );
}

function rangesIn(lost: readonly (readonly [number, number])[]): string {
  const shown = lost.slice(0, MOST_RANGES).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return lost.length > MOST_RANGES ? `${shown.join(', ')}, …` : shown.join(', ');
}

function Connections({ connections }: Pick<DeviceReply, 'connections'>) {
  const words = useWords(deviceFleetWords);
  return (
    <Table
      caption={words.connections}
      rows={connections}
      keyOf={({ bdSeq, ts }) => `${bdSeq} ${ts}`}
      empty={words.noBirth}
      columns={[
        { title: words.began, cell: ({ receivedAt }) => dayAndTime(receivedAt) },
        {
          title: words.ended,
          cell: ({ endedAt, endedBy }) => {
            if (endedAt === null) return words.goesOn;
            return `${dayAndTime(endedAt)}, ${endedBy === 'lost' ? words.wasLost : (endedBy ?? '')}`;
          },
        },
        { title: words.messages, cell: ({ messages }) => number(messages), isNumber: true },
        { title: words.missingOf, cell: ({ missing }) => number(missing), isNumber: true },
      ]}
    />
  );
}
