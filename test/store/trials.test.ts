import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { readDatabase } from '../../src/store/read-database.js';
import { StoreFile } from '../../src/store/store-file.js';
import {
  countTrials,
  hasTrials,
  type StoredTrial,
  TrialStore,
  trialStatements,
  trialsAsked,
} from '../../src/store/trials.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { letPass } from './let-pass.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('trials');
const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;
let files = 0;

function store(file = join(folder, `${++files}`, 'history.db'), open?: () => never) {
  const clock = { at: NOW };
  const more = open === undefined ? {} : { open };
  const now = () => clock.at;
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog, now, ...more });
  const trials = new TrialStore(db, now);
  db.start();
  return { trials, db, file, clock };
}

const trial = (id: string, more: Partial<StoredTrial> = {}): StoredTrial => ({
  id,
  at: NOW,
  strategy: 'cache',
  verdict: 'kept',
  record: { id, why: 'it pays' },
  ...more,
});

onDisk('a trial under way is on the disk once it is put, and what became of it replaces it', () => {
  const { trials, db, file } = store();
  assert.is(trials.put(trial('a', { verdict: null })), true);
  const begun = store(file);
  assert.equal(begun.trials.underWay(), [trial('a', { verdict: null })]);
  begun.db.stop();
  trials.put(trial('a'));
  assert.equal([trials.underWay(), trials.read({ since: 0, limit: 10 })], [[], [trial('a')]]);
  db.stop();
});

onDisk('they are read newest first, by strategy, verdict and time, a page at a time', () => {
  const { trials, db, file } = store();
  trials.put(trial('a', { at: NOW - 3 }));
  trials.put(trial('b', { at: NOW - 2, verdict: 'rolled-back' }));
  trials.put(trial('c', { at: NOW - 1, strategy: 'model' }));
  trials.put(trial('d', { verdict: null }));
  const ids = (query: object) => trials.read({ since: 0, limit: 10, ...query })!.map(({ id }) => id);
  assert.equal(ids({}), ['d', 'c', 'b', 'a']);
  assert.equal(ids({ limit: 2 }), ['d', 'c']);
  assert.equal(ids({ limit: 2, skip: 2 }), ['b', 'a']);
  assert.equal(ids({ strategy: 'cache' }), ['d', 'b', 'a']);
  assert.equal(ids({ verdict: 'rolled-back' }), ['b']);
  assert.equal(ids({ verdict: 'under-way' }), ['d']);
  assert.equal(ids({ since: NOW - 2, until: NOW - 1 }), ['c', 'b']);
  const database = readDatabase(file);
  const statements = trialStatements(database);
  assert.equal(
    [
      hasTrials(database),
      countTrials(statements, { since: 0, limit: 1 }),
      trialsAsked(statements, { since: 0, limit: 1 }).length,
    ],
    [true, 4, 1],
  );
  database.close();
  db.stop();
});

test('what a disk refuses is read from memory until the disk takes it', () => {
  const { trials, db } = store(undefined, () => {
    throw new Error('no such disk');
  });
  assert.is(trials.put(trial('a', { verdict: null })), false);
  trials.put(trial('b', { at: NOW + 1, verdict: 'rolled-back' }));
  trials.keep('cache', { strategy: 'lru' });
  assert.equal(
    trials.underWay().map(({ id }) => id),
    ['a'],
  );
  assert.equal(
    trials.read({ since: 0, limit: 10 })!.map(({ id }) => id),
    ['b', 'a'],
  );
  assert.equal(trials.kept('cache'), { strategy: 'lru' });
  db.stop();
});

onDisk('what was kept is there after a restart, and the last of it counts', () => {
  const { trials, db, file } = store();
  trials.keep('cache', { strategy: 'lru' });
  trials.keep('cache', { strategy: 'fifo' });
  db.stop();
  const again = store(file);
  assert.equal([again.trials.kept('cache'), again.trials.kept('model')], [{ strategy: 'fifo' }, null]);
  again.db.stop();
});

onDisk('trials go after 400 days', () => {
  const { trials, db, clock } = store();
  trials.put(trial('a', { at: NOW - 401 * DAY_MS }));
  trials.put(trial('b'));
  letPass(2 * 3_600_000, clock, db);
  assert.equal(
    trials.read({ since: 0, limit: 10 })!.map(({ id }) => id),
    ['b'],
  );
  db.stop();
});

test.run();
