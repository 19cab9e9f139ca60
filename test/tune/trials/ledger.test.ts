import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrialStore } from '../../../src/store/trials.js';
import { TrialLedger } from '../../../src/tune/trials/ledger.js';
import { TuningTrials } from '../../../src/tune/trials/trials.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { NOON, STEP_UP, sample } from './samples.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('ledger');
const AT = 1_800_000_000_000;

function open() {
  const file = join(folder, 'history.db');
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const store = new TrialStore(db, () => AT);
  db.start();
  return { db, store, ledger: new TrialLedger(store) };
}

onDisk('a trial that the program ended in is closed as rolled back by the next one, and refused to it', () => {
  const { db, ledger, store } = open();
  const trials = new TuningTrials();
  for (let at = 0; at <= 60_000; at += 5000) trials.observe('model', sample(at, 0.8));
  const begin = { strategy: 'model', change: STEP_UP, circumstances: NOON, now: 60_000, unixNow: AT } as const;
  const record = trials.begin(begin);
  ledger.put(record);
  // what a kill leaves: neither an end nor a flush
  const next = open();
  const [closed] = next.ledger.closeInterrupted(AT + 1000);
  assert.equal(closed, {
    ...record,
    endedAt: AT + 1000,
    verdict: 'rolled-back',
    why: 'the program ended during it',
    undone: true,
  });
  assert.equal(next.ledger.closeInterrupted(AT + 2000), []);
  assert.equal(next.ledger.recent(AT + 2000), [closed]);
  const later = new TuningTrials(next.ledger.recent(AT + 2000));
  assert.is(
    later.refusal('model', STEP_UP, NOON, AT + 2000),
    'it was rolled back 1 time, and may be tried again in 60 min at the earliest',
  );
  next.db.stop();
  store.put({ id: 'other', at: AT, strategy: 'cache', verdict: 'kept', record: { written: 'by hand' } });
  assert.is(ledger.recent(AT + 2000).length, 1);
  db.stop();
});

test.run();
