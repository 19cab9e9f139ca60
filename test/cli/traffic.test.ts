import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { TrafficStore } from '../../src/store/traffic.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const TEN = Date.parse('2026-11-26T10:00:00Z');
const FIVE = 300_000;
const HOUR = 3_600_000;
const folder = temporaryFolder('cli-traffic');
const file = join(folder, 'history.db');
const TIME = ['--since', '2026-11-26T10:00Z', '--until', '2026-11-26T11:00Z'];

test.before(() => {
  const storeFile = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const store: TrafficStore = new TrafficStore(storeFile, (interval) => store.told(interval));
  storeFile.start();
  const gate = (cars: number) => ({
    lines: { gate: { in: cars > 0 ? { car: cars, bus: 1 } : {}, out: {} } },
    zones: {},
    rules: { 'one-way': cars > 2 ? { car: 1, bus: 1 } : {} },
  });
  const north = { camera: 'north', intervalS: 300, part: 1, coveredMs: FIVE, leftOut: 0 };
  store.close({ ...north, from: TEN, counts: gate(3) });
  store.close({ ...north, from: TEN + FIVE, counts: gate(0) });
  store.close({ ...north, from: TEN + 2 * FIVE, counts: gate(0), coveredMs: 0 });
  store.watch({
    camera: 'north',
    version: 1,
    watched: [{ kind: 'crossed', name: 'gate' }],
    current: () => ({ ...north, from: TEN + 3 * FIVE, counts: gate(2) }),
    goOnWith: () => false,
    totals: {
      remember: () => undefined,
      since: () => TEN,
      fresh: () => [{ kind: 'crossed', name: 'gate', direction: 'in', vehicleClass: 'car', count: 5 }],
      taken: () => undefined,
    },
  });
  storeFile.stop();
});

test('a table says hour by hour who crossed, and the totals below it', async () => {
  const { code, stdout } = await edgeOptimizerHere(['traffic', '--file', file, ...TIME]);
  assert.is(code, 0);
  const [head, inward, outward, broken, total] = stdout.split('\n');
  assert.is(head, 'from (UTC)        camera  line, zone or rule  direction   vehicles  seen  by class');
  assert.is(inward, '2026-11-26 10:00  north   gate                in          7         25 %  5 car, 2 bus');
  assert.is(outward, '2026-11-26 10:00  north   gate                out         0         25 %');
  assert.is(broken, '2026-11-26 10:00  north   one-way             infraction  2         25 %  1 car, 1 bus');
  assert.match(total!, /^north gate in: 5 since \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? \(5 car\)$/);
});

test('files get the intervals as they were counted, with nothing where nobody saw', async () => {
  const { stdout } = await edgeOptimizerHere(['traffic', '--file', file, ...TIME, '--csv']);
  assert.equal(stdout.trim().split('\n').slice(0, 9), [
    'from,seconds,camera,line_or_zone,direction,class,vehicles,coverage',
    '2026-11-26T10:00:00.000Z,300,north,gate,in,car,3,1',
    '2026-11-26T10:00:00.000Z,300,north,gate,in,bus,1,1',
    '2026-11-26T10:00:00.000Z,300,north,gate,out,,0,1',
    '2026-11-26T10:00:00.000Z,300,north,one-way,infraction,car,1,1',
    '2026-11-26T10:00:00.000Z,300,north,one-way,infraction,bus,1,1',
    '2026-11-26T10:05:00.000Z,300,north,gate,in,,0,1',
    '2026-11-26T10:05:00.000Z,300,north,gate,out,,0,1',
    '2026-11-26T10:05:00.000Z,300,north,one-way,infraction,,0,1',
  ]);
  assert.match(stdout, /2026-11-26T10:10:00\.000Z,300,north,gate,in,,,0\n/);
  const json = await edgeOptimizerHere(['traffic', '--file', file, ...TIME, '--json']);
  const { intervals } = JSON.parse(json.stdout);
  assert.equal(intervals[2], {
    camera: 'north',
    from: TEN + 2 * FIVE,
    intervalS: 300,
    coverage: 0,
    lines: null,
    zones: null,
    eventsLeftOut: 0,
  });
});

test('what cannot be shown is refused with what to do', async () => {
  const cases: [string[], RegExp][] = [
    [['--file', file, '--camera', 'south'], /--camera: nothing is known of a camera south: counted was before north/],
    [['--file', file, '--csv', '--json'], /--csv and --json: expected one of them/],
    [['--file', file, '--step', '10'], /--step: expected a time like 5m, 1h or 1d, got 10/],
    [['--file', file, '--since', 'tomorrow'], /--since: expected a time like 24h/],
    [['--file', join(folder, 'none.db')], /--file: there is no /],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await edgeOptimizerHere(['traffic', ...args]);
    assert.is(code, 2, args.join(' '));
    assert.match(stderr, message);
  }
});

test('--forecast tells the next 24 hours of each line, and refuses what is too little to learn from', async () => {
  const few = await edgeOptimizerHere(['traffic', '--file', file, '--forecast']);
  assert.is(few.code, 2);
  assert.match(few.stderr, /--forecast: expected two days of counts or more at a line or in a zone, got less/);

  const weeks = join(folder, 'weeks.db');
  const storeFile = new StoreFile({ what: 'the history', file: weeks, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const store: TrafficStore = new TrafficStore(storeFile, (interval) => store.told(interval));
  storeFile.start();
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  for (let from = end - 35 * 24 * HOUR; from < end; from += HOUR) {
    // ten cars by day, none by night, UTC
    const car = new Date(from).getUTCHours() >= 6 ? 10 : 0;
    const counts = { lines: { gate: { in: { car }, out: {} } }, zones: {} };
    store.close({ camera: 'north', from, intervalS: 3600, part: 1, coveredMs: HOUR, leftOut: 0, counts });
  }
  store.watch({
    camera: 'north',
    version: 1,
    watched: [{ kind: 'crossed', name: 'gate' }],
    current: () => ({
      camera: 'north',
      from: end,
      intervalS: 3600,
      part: 1,
      coveredMs: 1,
      leftOut: 0,
      counts: { lines: { gate: { in: {}, out: {} } }, zones: {} },
    }),
    goOnWith: () => false,
    totals: {
      remember: () => undefined,
      since: () => end,
      fresh: () => [{ kind: 'crossed', name: 'gate', direction: 'in', vehicleClass: 'car', count: 5 }],
      taken: () => undefined,
    },
  });
  storeFile.stop();
  const { code, stdout } = await edgeOptimizerHere(['traffic', '--file', weeks, '--forecast', '--json']);
  assert.is(code, 0);
  const { from, places } = JSON.parse(stdout);
  assert.is(from, end);
  assert.equal(
    places.map(({ direction }: { direction: string }) => direction),
    ['in', 'out'],
  );
  for (const { at, expected, low, high } of places[0].hours) {
    assert.is(Math.round(expected), new Date(at).getUTCHours() >= 6 ? 10 : 0);
    assert.ok(low <= expected && expected <= high);
  }
  const drawn = await edgeOptimizerHere(['traffic', '--file', weeks, '--forecast', '--camera', 'north']);
  assert.match(drawn.stdout, /^north, gate, in\n/);
  assert.match(drawn.stdout, /\d\d:00 +10 +\d+ to 1\d\n/);
});

test.run();
