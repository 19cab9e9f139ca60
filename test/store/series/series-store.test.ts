import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { openDatabase } from '../../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { Rollup } from '../../../src/store/series/rollup.js';
import { SeriesStore } from '../../../src/store/series/series-store.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { seeded } from '../../seeded.js';
import { temporaryFolder } from '../../temporary.js';
import { measured, reading } from './measured.js';

const folder = temporaryFolder('series');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The beginning of a day in Unix ms. */
const T = 20_000 * DAY;
const KEEPING = { keepMs: [2 * DAY, 30 * DAY, 730 * DAY], maxBytes: [2 ** 26, 2 ** 26, 2 ** 26] };
let files = 0;

interface Options {
  readonly file?: string;
  readonly at?: number;
}

/** A device that is looked at once a second, whose file is written as its timer would have it, but when a test says so. */
function device({ file = join(folder, `${++files}`, 'history.db'), at = T }: Options = {}) {
  const clock = { at, now: 0 };
  const storeFile = new StoreFile({
    what: 'the history',
    file,
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
    now: () => clock.at,
  });
  const rollup = new Rollup((...step) => store.add(...step));
  const store = new SeriesStore({
    file: storeFile,
    keeping: KEEPING,
    log: silentLog,
    now: () => clock.at,
    onResume: (...point) => rollup.resume(...point),
  });
  storeFile.start();
  return {
    file,
    clock,
    reader: store.reader,
    storeFile,
    /** Reads `load` of the camera north once every `everyS` for so many seconds. */
    run(seconds: number, value: (s: number) => number | null = () => 1, everyS = 1) {
      for (let s = 0; s < seconds; s += everyS) {
        rollup.sample(measured(reading('load', value(s), { unit: '%' })), clock.now, clock.at);
        clock.at += everyS * 1000;
        clock.now += everyS * 1000;
        if (clock.at % 60_000 < everyS * 1000) {
          rollup.advance(clock.at);
          storeFile.flush();
        }
      }
    },
    stop() {
      rollup.end();
      store.hasten();
      storeFile.stop();
    },
    query: (from: number, to: number, stepMs: number) =>
      store.reader.query({ metric: 'load', from, to, stepMs })[0]?.points ?? [],
  };
}

test('what was read is there at each resolution, from memory as from the file after a restart', () => {
  const first = device();
  first.run((3 * HOUR) / 1000, (s) => s % 10, 1);
  const look = ({ query }: ReturnType<typeof device>) => [
    query(T, T + DAY, 10_000).length,
    query(T, T + DAY, 60_000).length,
    query(T, T + DAY, HOUR).length,
    query(T + HOUR, T + HOUR + 20_000, 10_000),
    query(T + HOUR, T + HOUR + 60_000, 60_000).map(({ t, min, mean, max, count }) => [t - T, min, mean, max, count]),
    query(T, T + HOUR, HOUR).map(({ min, mean, max, count }) => [min, mean, max, count]),
  ];
  const before = look(first);
  assert.equal(before, [
    1080,
    180,
    3,
    [
      { t: T + HOUR, min: 0, mean: 4.5, max: 9, p95: 9, count: 10 },
      { t: T + HOUR + 10_000, min: 0, mean: 4.5, max: 9, p95: 9, count: 10 },
    ],
    [[HOUR, 0, 4.5, 9, 60]],
    [[0, 4.5, 9, 3600]],
  ]);
  first.stop();
  const second = device({ file: first.file, at: first.clock.at });
  assert.equal(look(second), before);
  second.stop();
});

test('a gap is a gap: of the time without readings there is no point', () => {
  const it = device();
  it.run(HOUR / 1000, (s) => (s < 600 || s >= 1800 ? 5 : null), 1);
  const minutes = it.query(T, T + HOUR, 60_000);
  assert.equal(
    minutes.map(({ t }) => (t - T) / 60_000),
    [...Array(10).keys(), ...Array.from({ length: 30 }, (_, i) => 30 + i)],
  );
  assert.is(it.query(T, T + HOUR, HOUR)[0]!.count, 2400);
  it.stop();
});

test('a kill loses what came since the last full minute, and the minute and hour go on after it', () => {
  const first = device();
  first.run(HOUR / 1000 + 30 * 60 + 45, () => 10);
  // killed: nothing is ended, nothing is flushed
  const second = device({ file: first.file, at: T + HOUR + 31 * 60_000 });
  assert.is(second.query(T, T + DAY, 10_000).at(-1)!.t, T + HOUR + 30 * 60_000 - 10_000);
  assert.is(second.query(T, T + DAY, 10_000).length, 360 + 180);
  second.run(29 * 60, () => 20);
  const [, hour] = second.query(T, T + DAY, HOUR);
  assert.is(hour!.count, 59 * 60);
  assert.is(hour!.min, 10);
  assert.is(hour!.max, 20);
  assert.is(Math.round(hour!.mean * hour!.count), 30 * 60 * 10 + 29 * 60 * 20);
  second.stop();
  first.storeFile.stop();
});

test('a stop loses nothing, and a minute in two runs is one point', () => {
  const first = device();
  first.run(45, () => 10);
  first.stop();
  const second = device({ file: first.file, at: T + 48_000 });
  second.run(12, () => 20);
  assert.equal(
    second.query(T, T + HOUR, 10_000).map(({ count, mean }) => [count, mean]),
    [
      [10, 10],
      [10, 10],
      [10, 10],
      [10, 10],
      [7, 90 / 7],
      [10, 20],
    ],
  );
  const [minute, ...more] = second.query(T, T + HOUR, 60_000);
  assert.equal(more, []);
  assert.is(minute!.count, 57);
  second.stop();
});

test('the hours of a run that ended long ago are complete, though it did not see their end', () => {
  const first = device();
  first.run((2 * HOUR) / 1000 + 600, () => 7);
  first.stop();
  const second = device({ file: first.file, at: T + 10 * DAY });
  assert.equal(
    second.query(T, T + DAY, HOUR).map(({ t, mean, count }) => [(t - T) / HOUR, mean, count]),
    [
      [0, 7, 3600],
      [1, 7, 3600],
      [2, 7, 600],
    ],
  );
  second.stop();
});

test('the minute and hour that go on are there as far as they are known', () => {
  const it = device();
  it.run(HOUR / 1000 + 131, () => 3);
  assert.equal(
    it.query(T, T + DAY, HOUR).map(({ count }) => count),
    [3600, 130],
  );
  assert.equal(
    it.query(T + HOUR, T + DAY, 60_000).map(({ count }) => count),
    [60, 60, 10],
  );
  it.stop();
});

test('any step is made of the finer ones that divide it, and others are rounded up', () => {
  const it = device();
  it.run(HOUR / 1000, (s) => Math.floor(s / 60));
  const quarters = it.query(T, T + HOUR, 900_000);
  assert.equal(
    quarters.map(({ t, min, mean, max, count }) => [t - T, min, mean, max, count]),
    [
      [0, 0, 7, 14, 900],
      [900_000, 15, 22, 29, 900],
      [1_800_000, 30, 37, 44, 900],
      [2_700_000, 45, 52, 59, 900],
    ],
  );
  const [answer] = it.reader.query({ metric: 'load', from: T, to: T + HOUR, stepMs: 15_000 });
  assert.is(answer!.stepMs, 20_000);
  assert.is(answer!.points.length, 180);
  it.stop();
});

test('a clock that is set back makes no second point of a step: the readings of both are in the one', () => {
  const it = device();
  it.run(HOUR / 1000 + 1800, () => 10);
  it.clock.at -= HOUR;
  it.run(HOUR / 1000, () => 20);
  const minutes = it.query(T, T + DAY, 60_000);
  assert.is(minutes.length, 90);
  assert.equal(
    [29, 30, 59, 60, 89].map((i) => [minutes[i]!.mean, minutes[i]!.count]),
    [
      [10, 60],
      [15, 120],
      [15, 120],
      [15, 120],
      [15, 120],
    ],
  );
  it.run((2 * HOUR) / 1000, () => 30);
  it.stop();
  const again = device({ file: it.file, at: it.clock.at });
  const ts = again.query(T, T + DAY, 10_000).map(({ t }) => t);
  assert.is(new Set(ts).size, ts.length);
  assert.equal(
    ts,
    ts.toSorted((a, b) => a - b),
  );
  again.stop();
});

test('a clock that jumps ahead leaves a gap, and what was before it stays', () => {
  const it = device();
  it.run(600, () => 10);
  it.clock.at += 5 * DAY;
  it.run(600, () => 20);
  assert.equal(
    it.query(T, T + 6 * DAY, HOUR).map(({ t, mean, count }) => [(t - T) / HOUR, mean, count]),
    [
      [0, 10, 600],
      [120, 20, 600],
    ],
  );
  it.stop();
});

test('a clock that leaps a year or five ahead and comes back deletes nothing', () => {
  for (const years of [1, 5]) {
    const it = device();
    it.run(7200, () => 10, 10);
    const before = it.query(T, T + 2 * HOUR, 10_000);
    it.clock.at += years * 365 * DAY;
    it.run(7200, () => 20, 10);
    it.clock.at -= years * 365 * DAY;
    it.run(60, () => 10);
    it.storeFile.flush();
    assert.equal(it.query(T, T + 2 * HOUR, 10_000), before);
    it.stop();
  }
});

test('points of 10 s go after 2 days, and a query for earlier ones takes those of a minute, and says so', () => {
  const it = device();
  it.run((4 * DAY) / 1000, () => 1, 10);
  for (let i = 0; i < 200; i++) {
    it.clock.at += 60_000;
    it.storeFile.flush();
  }
  const [answer] = it.reader.query({ metric: 'load', from: T, to: T + DAY, stepMs: 10_000 });
  assert.is(answer!.stepMs, 60_000);
  assert.is(answer!.points.length, 1440);
  const [recent] = it.reader.query({ metric: 'load', from: T + 3 * DAY, to: T + 3 * DAY + HOUR, stepMs: 10_000 });
  assert.is(recent!.stepMs, 10_000);
  assert.is(recent!.points.length, 360);
  it.stop();
});

test('without a disk it goes on in memory for 26 hours, and all of it is written when the disk is back', () => {
  const clock = { at: T };
  let isThere = false;
  const file = join(folder, `${++files}`, 'history.db');
  const open = () => {
    if (!isThere) throw new Error('no disk');
    return openDatabase({ file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  };
  const storeFile = new StoreFile({
    what: 'the history',
    file,
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
    open,
    now: () => clock.at,
  });
  const store = new SeriesStore({ file: storeFile, keeping: KEEPING, log: silentLog, now: () => clock.at });
  storeFile.start();
  const key = { name: 'load', metric: 'load', labels: {}, unit: '', kind: 'gauge' as const };
  for (let m = 0; m < 30 * 60; m++) {
    clock.at = T + m * 60_000;
    store.add(60_000, clock.at, [{ ...key, point: { t: clock.at, min: 1, mean: 1, max: 1, p95: 1, count: 60 } }]);
  }
  const points = store.reader.query({ metric: 'load', from: T, to: T + 2 * DAY, stepMs: 60_000 })[0]!.points;
  assert.is(points.length, 26 * 60);
  assert.is(points[0]!.t, T + 4 * HOUR);
  assert.is(storeFile.health().droppedWrites, 4);
  isThere = true;
  clock.at += 60_000;
  storeFile.flush();
  storeFile.stop();
  const again = new SeriesStore({ file: storeFile, keeping: KEEPING, log: silentLog, now: () => clock.at });
  storeFile.start();
  assert.equal(again.reader.query({ metric: 'load', from: T, to: T + 2 * DAY, stepMs: 60_000 })[0]!.points, points);
  storeFile.stop();
});

test('an hour is written as rows a few series at a time, and a kill in between has none of them twice', () => {
  const clock = { at: T };
  const file = join(folder, `${++files}`, 'history.db');
  const names = Array.from({ length: 60 }, (_, i) => `load.${i}`);
  const run = () => {
    const options = { what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog, now: () => clock.at };
    const storeFile = new StoreFile(options);
    const store = new SeriesStore({ file: storeFile, keeping: KEEPING, log: silentLog, now: () => clock.at });
    storeFile.start();
    const second = () => {
      clock.at += 1000;
      storeFile.flush();
    };
    const counts = () =>
      names.map((metric) => {
        const [answer] = store.reader.query({ metric, from: T, to: T + HOUR, stepMs: 60_000 });
        return answer!.points.reduce((sum, { count }) => sum + count, 0);
      });
    return { store, storeFile, second, counts };
  };
  const all = Array(60).fill(3600);
  const first = run();
  for (clock.at = T; clock.at < T + HOUR; clock.at += 60_000) {
    const point = { t: clock.at, min: 1, mean: 2, max: 3, p95: 3, count: 60 };
    const rows = names.map((name) => ({ name, metric: 'load', labels: {}, unit: '', kind: 'gauge' as const, point }));
    first.store.add(60_000, clock.at, rows);
    first.storeFile.flush();
  }
  clock.at = T + HOUR + 60_000;
  first.second();
  first.second();
  assert.equal(first.counts(), all);
  const second = run();
  assert.equal(second.counts(), all);
  for (let s = 0; s < 10; s++) second.second();
  assert.equal(second.counts(), all);
  second.storeFile.stop();
  const third = run();
  assert.equal(third.counts(), all);
  third.storeFile.stop();
  first.storeFile.stop();
});

test('an hour that a start completes is kept, though that run is killed in its first minute', () => {
  const first = device();
  first.run(3000, () => 7);
  const second = device({ file: first.file, at: T + HOUR + 300_000 });
  for (let s = 0; s < 5; s++) {
    second.storeFile.flush();
    second.clock.at += 1000;
  }
  const third = device({ file: first.file, at: second.clock.at + 60_000 });
  assert.equal(
    third.query(T, T + DAY, HOUR).map(({ t, count }) => [t, count]),
    [[T, 3000]],
  );
  for (const it of [first, second, third]) it.storeFile.stop();
});

test('whatever stops and kills there are, a kill costs less than a minute, and each resolution has the same readings', () => {
  const random = seeded(1);
  const file = join(folder, `${++files}`, 'history.db');
  const killed: ReturnType<typeof device>[] = [];
  let [at, readings] = [T, 0];
  let it = device({ file, at });
  for (let run = 0; run < 40; run++) {
    const seconds = Math.floor(random() * (random() < 0.2 ? 5000 : 900));
    it.storeFile.flush();
    it.run(seconds, () => 1);
    readings += seconds;
    at = it.clock.at + Math.ceil(random() ** 2 * 3600) * 1000;
    if (random() < 0.5) killed.push(it);
    else it.stop();
    it = device({ file, at });
  }
  it.storeFile.flush();
  const counts = [10_000, 60_000, HOUR].map((stepMs) => {
    const points = it.query(T, at + HOUR, stepMs);
    assert.is(new Set(points.map(({ t }) => t)).size, points.length);
    return points.reduce((sum, { count }) => sum + count, 0);
  });
  assert.is(counts[1], counts[0]);
  assert.is(counts[2], counts[0]);
  assert.ok(killed.length > 10);
  assert.ok(readings - counts[0]! <= 60 * killed.length, `${readings - counts[0]!} lost in ${killed.length} kills`);
  it.stop();
});

test('series are found by metric, by name and by labels, and listed with their time', () => {
  const it = device();
  it.run(600, () => 1);
  const span = { from: T, to: T + HOUR };
  assert.is(it.reader.query({ metric: 'load', ...span }).length, 1);
  assert.is(it.reader.query({ metric: 'load.north', ...span }).length, 1);
  assert.is(it.reader.query({ metric: 'load', labels: { camera: 'north' }, ...span }).length, 1);
  assert.is(it.reader.query({ metric: 'load', labels: { camera: 'south' }, ...span }).length, 0);
  assert.equal(it.reader.query({ metric: 'heat', ...span }), []);
  const key = { name: 'load.north', metric: 'load', labels: { camera: 'north' }, unit: '%', kind: 'gauge' };
  assert.equal(it.reader.list(), [{ key, from: T, to: T + 590_000 }]);
  assert.throws(() => it.reader.query({ metric: 'load', from: T, to: T }), RangeError);
  it.stop();
});

test.run();
