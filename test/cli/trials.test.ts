import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { TrialStore } from '../../src/store/trials.js';
import { TrialLedger } from '../../src/tune/trials/ledger.js';
import type { TrialRecord } from '../../src/tune/trials/trial.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { NOON } from '../tune/trials/samples.js';
import { edgeOptimizerHere } from './in-process.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('cli-trials');
const store = join(folder, 'data');
const inStore = { EDGE_STORE_DIR: store };
const AT = Date.parse('2026-11-26T08:00:00Z');

const trial = (id: string, more: Partial<TrialRecord> = {}): TrialRecord => ({
  id,
  strategy: 'cache',
  knobs: [],
  from: 'lru 16 MiB',
  to: 'lfu 16 MiB',
  reason: 'simulated, 12 % more would be found',
  isEmergency: false,
  circumstances: NOON,
  startedAt: AT,
  before: { value: 0.4, error: 0.01, samples: 12, parts: {} },
  after: { value: 0.523, error: 0.01, samples: 12, parts: {} },
  endedAt: AT + 150_000,
  verdict: 'kept',
  why: 'it pays: the score went from 0.4 to 0.523 (noise 0.042)',
  undone: null,
  ...more,
});

onDisk('shows what was tried with its scores, verdict and why, newest first, a page at a time', async () => {
  const file = new StoreFile({
    what: 'the history',
    file: join(store, 'history.db'),
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
  });
  const ledger = new TrialLedger(new TrialStore(file));
  file.start();
  const ask = (...words: string[]) => edgeOptimizerHere(['trials', '--since', '2026-11-25', ...words], inStore);
  assert.match(
    (await ask()).stdout,
    /^no trials since 2026-11-25 00:00 UTC: nothing was found that promised to be better/,
  );
  ledger.put(trial('a'));
  const hot = {
    strategy: 'model',
    from: 'roadside-s cpu 1 × 2 threads',
    to: 'roadside-n cpu 1 × 2 threads',
    isEmergency: true,
    before: null,
  } as const;
  ledger.put(trial('b', { ...hot, startedAt: AT + 1000, after: null, endedAt: null, verdict: null, why: null }));
  const failed = { verdict: 'rolled-back', why: 'it harms: errors,\nmany', undone: false } as const;
  ledger.put(trial('c', { strategy: 'batching', startedAt: AT + 2000, ...failed }));
  const lines = (await ask()).stdout.split('\n');
  assert.match(lines[0]!, /^when \(UTC\) +strategy +change +score +verdict +why$/);
  assert.match(
    lines[1]!,
    /^2026-11-26 08:00:02 +batching +lru 16 MiB → lfu 16 MiB +0\.4 → 0\.523 +rolled-back after 2 min 28 s, not taken back yet +it harms: errors, many$/,
  );
  assert.match(
    lines[2]!,
    /^2026-11-26 08:00:01 +model \(at once\) +roadside-s → roadside-n +- → - +under-way +simulated, 12 % more would be found$/,
  );
  assert.match(lines[3]!, /^2026-11-26 08:00 +cache +.* +kept after 2 min 30 s +it pays: /);
  const second = (await ask('--limit', '2', '--page', '2')).stdout;
  assert.match(second, /cache .*\npage 2 of 2, 3 trials in all; --page 1 shows others\n$/);
  assert.is((await ask('--page', '9')).stdout, 'page 9 is behind the last one: there are 3 trials, 30 a page\n');
  assert.match((await ask('--verdict', 'under-way')).stdout, /roadside-n/);
  assert.match(
    (await ask('--strategy', 'scheduling', '--verdict', 'kept')).stdout,
    /^no trials \(kept of scheduling\) since/,
  );
  const json = JSON.parse((await ask('--json', '--strategy', 'cache')).stdout) as {
    total: number;
    trials: TrialRecord[];
  };
  assert.equal([json.total, json.trials], [1, [trial('a')]]);
  const csv = (await ask('--csv', '--verdict', 'kept')).stdout.split('\n');
  assert.is(csv[0], 'id,started,ended,strategy,emergency,from,to,reason,before,after,verdict,why');
  assert.is(
    csv[1],
    'a,2026-11-26T08:00:00.000Z,2026-11-26T08:02:30.000Z,cache,false,lru 16 MiB,lfu 16 MiB,"simulated, 12 % more would be found",0.4,0.523,kept,it pays: the score went from 0.4 to 0.523 (noise 0.042)',
  );
  file.stop();
});

onDisk('says what is wrong with a time or a folder without a history', async () => {
  const wrong = await edgeOptimizerHere(['trials', '--since', 'soon'], inStore);
  assert.equal([wrong.code, wrong.stderr.includes('--since: expected a time like 24h, 7d')], [2, true]);
  const order = await edgeOptimizerHere(['trials', '--since', '1h', '--until', '2h'], inStore);
  assert.equal([order.code, order.stderr.includes('--since: expected a time before --until')], [2, true]);
  const both = await edgeOptimizerHere(['trials', '--csv', '--json'], inStore);
  assert.is(both.code, 2);
  const none = await edgeOptimizerHere(['trials'], { EDGE_STORE_DIR: join(folder, 'empty') });
  assert.equal([none.code, none.stderr.includes('no history to show')], [2, true]);
});

test.run();
