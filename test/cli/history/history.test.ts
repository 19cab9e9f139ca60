import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type HistoryOptions, showHistory } from '../../../src/cli/history/history.js';
import { explain } from '../../../src/foundation/errors.js';
import { silentLog } from '../../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { SeriesStore } from '../../../src/store/series/series-store.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { temporaryFolder } from '../../temporary.js';
import { edgeOptimizer } from '../command-line.js';

const folder = temporaryFolder('cli-history');
const MINUTE = 60_000;
const HOUR = 3_600_000;
const T = 20_000 * 24 * HOUR;
const NOW = T + 2 * HOUR + 30_000;
const file = join(folder, 'history.db');
const storeFile = new StoreFile({
  what: 'the history',
  file,
  migrations: HISTORY_MIGRATIONS,
  log: silentLog,
  now: () => NOW,
});
const keeping = { keepMs: [1e9, 1e10, 1e11], maxBytes: [1e8, 1e8, 1e8] };
const store = new SeriesStore({ file: storeFile, keeping, log: silentLog, now: () => NOW });

/** Does it in this process. @returns the lines that it printed, or the error's text */
function history(options: HistoryOptions): string[] | string {
  const { write } = process.stdout;
  let stdout = '';
  process.stdout.write = ((text: string) => {
    stdout += text;
    return true;
  }) as typeof write;
  try {
    showHistory({ file, ...options }, NOW);
    return stdout.trimEnd().split('\n');
  } catch (error) {
    return explain(error);
  } finally {
    process.stdout.write = write;
  }
}

// two hours by the minute, with ten minutes of nothing, written and not closed: the program runs
test.before(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('EDGE_')) delete process.env[name];
  storeFile.start();
  for (let m = 0; m < 120; m++) {
    if (m >= 60 && m < 70) continue;
    const t = T + m * MINUTE;
    const row = (camera: string, value: number) => ({
      name: `vehicles.${camera}`,
      metric: 'vehicles',
      labels: { camera },
      unit: 'vehicles',
      kind: 'gauge' as const,
      point: { t, min: value - 1, mean: value, max: value + 1, p95: value + 1, count: 60 },
    });
    store.add(MINUTE, t, [row('north', m < 60 ? 5 : 20), row('south', 7)]);
  }
  storeFile.flush();
});
test.after(() => storeFile.stop());

test('a metric is summed up and drawn, with its gaps, beside the running program', () => {
  assert.equal(history({ metric: 'vehicles.north', since: '2h', step: '1m', width: 60 }), [
    '2024-10-04 00:00:30 to 2024-10-04 02:00:30 UTC (2 h) in steps of 1 min',
    '',
    'series          min  mean   max  p95    last  readings  covered  unit',
    'vehicles.north  4    11.82  21   20.86  20    6,600     90.9 %   vehicles',
    '',
    'vehicles.north (mean, vehicles)',
    '20 ┤                               ⠈⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉',
    '   │',
    '   │',
    '   │',
    '   │',
    '   │⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀',
    '   │',
    ' 0 ┤',
    '   └───────────────────────────────────────────────────────',
    '    10-04 00:00           10-04 01:00       10-04 02:00 UTC',
    'no readings for 10 min (1 gap: 2024-10-04 01:00 to 2024-10-04 01:10)',
  ]);
});

test('without a metric all that is kept is listed with its time', () => {
  assert.equal(history({}), [
    'series          kind   from (UTC)        to (UTC)          unit',
    'vehicles.north  gauge  2024-10-04 00:00  2024-10-04 01:59  vehicles',
    'vehicles.south  gauge  2024-10-04 00:00  2024-10-04 01:59  vehicles',
    '2 series; edge-optimizer history NAME shows one',
  ]);
  assert.equal(JSON.parse(history({ json: true })[0]!).series.length, 2);
  assert.equal(history({ csv: true }).slice(0, 2), [
    'series,kind,unit,from,to',
    'vehicles.north,gauge,vehicles,2024-10-04T00:00:00.000Z,2024-10-04T01:59:00.000Z',
  ]);
});

test('points are printed as lines of CSV or one JSON object, and a gap as nothing', () => {
  const csv = history({ metric: 'vehicles', label: ['camera=north'], since: '65m', step: '1m', csv: true });
  assert.is(csv.length, 1 + 55);
  assert.equal(csv.slice(0, 8), [
    'time,series,min,mean,max,p95,count',
    '2024-10-04T00:55:00.000Z,vehicles.north,4,5,6,6,60',
    '2024-10-04T00:56:00.000Z,vehicles.north,4,5,6,6,60',
    '2024-10-04T00:57:00.000Z,vehicles.north,4,5,6,6,60',
    '2024-10-04T00:58:00.000Z,vehicles.north,4,5,6,6,60',
    '2024-10-04T00:59:00.000Z,vehicles.north,4,5,6,6,60',
    '2024-10-04T01:10:00.000Z,vehicles.north,19,20,21,21,60',
    '2024-10-04T01:11:00.000Z,vehicles.north,19,20,21,21,60',
  ]);
  const [north, south] = JSON.parse(history({ metric: 'vehicles', since: '2h', json: true })[0]!).series;
  assert.is(north.stepMs, MINUTE, 'there are only minutes here');
  assert.equal(north.gaps, [{ from: T + HOUR, to: T + HOUR + 10 * MINUTE }]);
  assert.is(south.name, 'vehicles.south');
});

test('what cannot be shown is said with what to do', () => {
  const folder = '/nowhere';
  for (const [options, expected] of [
    [
      { metric: 'vehicle' },
      /nothing is kept of a metric vehicle: did you mean vehicles, .* \(edge-optimizer history lists all\)/,
    ],
    [
      { metric: 'vehicles', label: ['camera=east'] },
      /no series with camera=east: there is vehicles.north, vehicles.south/,
    ],
    [{ metric: 'vehicles', label: ['camera'] }, /--label: expected label=value, got camera/],
    [{ metric: 'vehicles', since: 'x', step: '0' }, /--since: expected .* got x\n.*--step: expected .* got 0/],
    [{ metric: 'vehicles', csv: true, json: true }, /--csv and --json: expected one of them/],
    [{ since: '1h' }, /--since: expected with a metric/],
    [{ file: `${folder}/history.db` }, /--file: there is no \/nowhere\/history.db/],
  ] as const) {
    assert.match(history(options) as string, expected);
  }
});

test('a time of which nothing was read is said to be empty, and drawn as nothing', () => {
  const lines = history({ metric: 'vehicles.north', since: '1h', until: '3d', step: '1m', width: 60 });
  assert.equal(lines.slice(2), [
    'series          min  mean  max  p95  last  readings  covered  unit',
    'vehicles.north  -    -     -    -    -     0         0 %      vehicles',
    '',
    'nothing was read in that time',
  ]);
});

test('the command line reads the store of the configuration, and ends with 2 where there is none', async () => {
  const found = await edgeOptimizer(
    ['history', 'vehicles.north', '--since', '2024-10-04T00:00Z', '--until', '2024-10-04T01:00Z'],
    {
      EDGE_STORE_DIR: folder,
      COLUMNS: '50',
    },
  );
  assert.is(found.code, 0, found.stderr);
  assert.match(found.stdout, /^vehicles\.north +4 +5 +6 +6 +5 +3,600 +100 %/m);
  assert.ok(found.stdout.split('\n').every((line) => line.length <= 80));
  const missing = await edgeOptimizer(['history'], { EDGE_STORE_DIR: join(folder, 'none') });
  assert.is(missing.code, 2);
  assert.match(missing.stderr, /there is no .*none\/history\.db: edge-optimizer run makes it/);
});

test.run();
