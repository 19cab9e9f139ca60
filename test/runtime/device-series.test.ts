import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { createLog } from '../../src/foundation/log.js';
import type { NumberMetric } from '../../src/foundation/metric-row.js';
import { DeviceSeries } from '../../src/runtime/device-series.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import type { SeriesRow } from '../../src/store/series/rollup.js';
import { StoreFile } from '../../src/store/store-file.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('device-series');
const { history } = configSchema.parse({});
let files = 0;

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
  const clock = { now: () => time.at, unixNow: () => time.at };
  const file = new StoreFile({
    what: 'the history',
    file: join(folder, `${++files}`, 'history.db'),
    migrations: HISTORY_MIGRATIONS,
    log,
    now: () => time.at,
  });
  const series = new DeviceSeries({ history }, { file, metrics, log, clock });
  const seconds = async (count: number) => {
    for (let s = 0; s < count; s++, time.at += 1000) await metrics.sample(time.at);
  };
  return { series, file, seconds, lines, time };
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

test('what was measured is read after a stop and a start, the last second before the stop too', async () => {
  const { series, file, seconds, time } = device(gauge('load', () => 3));
  file.start();
  await seconds(95);
  series.stop();
  file.stop();
  assert.equal(series.reader.query({ metric: 'load', from: T, to: time.at, stepMs: 60_000 })[0]!.points.length, 2);
  file.start();
  const [answer] = series.reader.query({ metric: 'load', from: T, to: time.at, stepMs: 10_000 });
  assert.equal(
    answer!.points.map(({ count }) => count),
    [10, 10, 10, 10, 10, 10, 10, 10, 10, 5],
  );
  file.stop();
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
