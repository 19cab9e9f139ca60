import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from '../../src/foundation/log.js';
import type { NumberMetric } from '../../src/foundation/metric-row.js';
import { DeviceSeries } from '../../src/runtime/device-series.js';
import type { SeriesRow } from '../../src/store/series/rollup.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';

/** A full hour in Unix ms. */
const T = 500_000 * 3_600_000;

const gauge = (name: string, read: () => number): NumberMetric => ({
  type: 'gauge',
  name,
  unit: 'ms',
  labels: [],
  step: 1,
  help: 'A gauge.',
  read: () => [[[], read()]],
});

function device(...rows: NumberMetric[]) {
  const time = { at: T };
  const lines: string[] = [];
  const log = createLog('warn', { write: (line) => void lines.push(JSON.parse(line).msg) }, false);
  const metrics = new Metrics();
  metrics.register(rows);
  const series = new DeviceSeries(metrics, log, { now: () => time.at, unixNow: () => time.at });
  const seconds = async (count: number) => {
    for (let s = 0; s < count; s++, time.at += 1000) await metrics.sample(time.at);
  };
  return { series, seconds, lines };
}

test('whoever asks hears of each minute that ended, with every series in it', async () => {
  const { series, seconds } = device(
    gauge('load', () => 3),
    gauge('heat', () => 40),
  );
  const minutes: [number, readonly SeriesRow[]][] = [];
  series.onMinute((t, rows) => minutes.push([t, rows]));
  await seconds(121);
  assert.equal(
    minutes.map(([t, rows]) => [t, rows.map(({ name, unit, point }) => [name, unit, point.mean, point.count])]),
    [
      [
        T,
        [
          ['load', 'ms', 3, 60],
          ['heat', 'ms', 40, 60],
        ],
      ],
      [
        T + 60_000,
        [
          ['load', 'ms', 3, 60],
          ['heat', 'ms', 40, 60],
        ],
      ],
    ],
  );
});

test('a metric that cannot be read is told once, and the history goes on when it can', async () => {
  let broken = true;
  const { series, seconds, lines } = device(
    gauge('load', () => {
      if (broken) throw new Error('no such sensor');
      return 3;
    }),
  );
  const counts: number[] = [];
  series.onMinute((_, rows) => counts.push(rows[0]!.point.count));
  await seconds(20);
  broken = false;
  await seconds(41);
  assert.equal(lines, ['a second of the metrics is not in the history']);
  assert.equal(counts, [40]);
});

test.run();
