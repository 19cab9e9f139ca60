import { useMemo } from 'preact/hooks';
import type { CountedReply } from '../../../../../collector/api/overview-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Chart } from '../../../kit/chart.tsx';
import { Answered } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { chooseTime, useTimeWindow, useTimeWords } from '../../../kit/time-window.tsx';
import { number, percent } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { useVehicleClass } from '../../vehicle-class.ts';
import { deviceFleetWords } from './words.ts';

const EVERY_MS = 60_000;
/** Longer stretches are counted by the day. */
const BY_HOUR_MS = 8 * 86_400_000;
const COLOURS = 6;

/** What the device counted over the time that is chosen. */
export function DeviceCounts({ path }: { readonly path: string }) {
  const words = useWords(deviceFleetWords);
  const { from, to } = useTimeWindow();
  const step = (to ?? Date.now()) - from > BY_HOUR_MS ? '1d' : '1h';
  const asked = useApi<CountedReply>(`${path}/crossings`, {
    words: { ...useTimeWords(), step },
    everyMs: EVERY_MS,
    keeps: true,
  });
  return (
    <Card title={words.counts} hint={words.countsHint}>
      <Answered asked={asked}>{(counted) => <Counted counted={counted} />}</Answered>
    </Card>
  );
}

function Counted({ counted: { from, stepMs, steps, classes, coverage } }: { readonly counted: CountedReply }) {
  const words = useWords(deviceFleetWords);
  const classOf = useVehicleClass();
  const rows = Object.entries(classes)
    .map(([name, values]) => ({ name, values, count: values.reduce<number>((sum, value) => sum + (value ?? 0), 0) }))
    .sort((a, b) => b.count - a.count);
  const times = useMemo(() => Array.from({ length: steps }, (_, step) => from + step * stepMs), [from, stepMs, steps]);
  if (rows.length === 0) return <p class="soft">{words.noCounts}</p>;
  const covered = coverage.reduce((sum, share) => sum + share, 0) / Math.max(1, coverage.length);
  return (
    <>
      <Chart
        label={words.counts}
        times={times}
        lines={rows
          .slice(0, COLOURS)
          .map(({ name, values }, index) => ({ label: classOf(name), values, colour: index + 1 }))}
        format={(value) => number(value)}
        onChoose={chooseTime}
        height={180}
      />
      <p class="soft">{words.covered(percent(covered, 1))}</p>
      <Table
        caption={words.counts}
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { title: words.vehicleClass, cell: ({ name }) => classOf(name) },
          { title: words.count, cell: ({ count }) => number(count), isNumber: true },
        ]}
      />
    </>
  );
}
