import { silentLog } from '../../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrialStore } from '../../../src/store/trials.js';
import { TrialLedger } from '../../../src/tune/trials/ledger.js';
import { TuningTrials } from '../../../src/tune/trials/trials.js';
import { NOON, STEP_UP, sample } from '../trials/samples.js';

// a program that is killed the moment that it makes the change which it tries
const db = new StoreFile({
  what: 'the history',
  file: process.argv[2]!,
  migrations: HISTORY_MIGRATIONS,
  log: silentLog,
});
const store = new TrialStore(db);
db.start();
store.keep('model', { model: 'roadside-n' });
const trials = new TuningTrials();
for (let at = 0; at <= 60_000; at += 5000) trials.observe('model', sample(at, 0.8));
const trial = trials.begin({
  strategy: 'model',
  change: STEP_UP,
  circumstances: NOON,
  now: 60_000,
  unixNow: Date.now(),
});
new TrialLedger(store).put(trial);
process.kill(process.pid, 'SIGKILL');
