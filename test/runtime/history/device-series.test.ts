import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { createLog } from '../../../src/foundation/log.js';
import type { NumberMetric } from '../../../src/foundation/metric-row.js';
import { DeviceSeries } from '../../../src/runtime/history/device-series.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import type { SeriesRow } from '../../../src/store/series/rollup.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { temporaryFolder } from '../../temporary.js';

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

test('what is of a tenant’s camera is kept in the tenant’s own file, for as long as the tenant wants, and over a restart', async () => {
  const time = { at: T };
  const log = createLog('silent');
  const clock = { now: () => time.at, unixNow: () => time.at };
  const now = () => time.at;
  const place = join(folder, 'tenants');
  const rows: NumberMetric = {
    ...gauge('vehicles', () => 0),
    labels: ['camera'],
    read: () => [
      [['barrier'], 1],
      [['quay'], 2],
    ],
  };
  const run = () => {
    const metrics = new Metrics();
    metrics.register([rows]);
    const [own, harbour] = ['device', 'harbour'].map(
      (name) =>
        new StoreFile({
          what: 'the history',
          file: join(place, name, 'history.db'),
          migrations: HISTORY_MIGRATIONS,
          log,
          now,
        }),
    ) as [StoreFile, StoreFile];
    const series = new DeviceSeries(
      { history: { ...history, keep10sDays: 60, keep1minDays: 60 } },
      {
        file: own,
        tenants: [{ id: 'harbour', file: harbour, history: { ...history, keep10sDays: 1, keep1minDays: 1 } }],
        ownerOf: ({ camera }) => (camera === 'quay' ? 'harbour' : null),
        metrics,
        log,
        clock,
      },
    );
    const files = [own, harbour];
    for (const file of files) file.start();
    const seconds = async (count: number) => {
      for (let s = 0; s < count; s++, time.at += 1000) await metrics.sample(time.at);
      for (const file of files) file.flush();
    };
    const stop = () => {
      series.stop();
      for (const file of files) file.stop();
    };
    return { series, seconds, stop };
  };
  const namesOf = (reader: { list(): { key: { name: string } }[] }) => reader.list().map(({ key }) => key.name);
  const first = run();
  await first.seconds(120);
  assert.equal(namesOf(first.series.reader), ['vehicles.barrier', 'vehicles.quay']);
  assert.equal(namesOf(first.series.readerOf(null)), ['vehicles.barrier']);
  assert.equal(namesOf(first.series.readerOf('harbour')), ['vehicles.quay']);
  first.stop();

  const second = run();
  const minute = { metric: 'vehicles', from: T, to: T + 60_000, stepMs: 10_000 };
  const pointsOf = () => second.series.reader.query(minute).map(({ points }) => points.length);
  assert.equal(pointsOf(), [6, 6], 'the restart kept both');
  // a few days later, in steps of a clock that goes evenly
  for (let steps = 0; steps < 160; steps++) {
    time.at += 1_800_000;
    await second.seconds(2);
  }
  assert.equal(
    second.series.reader.query(minute).map(({ key, points }) => [key.name, points.length]),
    [
      ['vehicles.barrier', 6],
      ['vehicles.quay', 0],
    ],
  );
  second.stop();
});

test.run();
