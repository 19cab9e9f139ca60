import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrialStore } from '../../../src/store/trials.js';
import { TrialLedger } from '../../../src/tune/trials/ledger.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);

onDisk('kill -9 in the middle of a trial: the next start has what was kept before, and closes the trial', () => {
  const dir = join(temporaryFolder('killed'), 'store');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'history.db');
  const program = fileURLToPath(new URL('./killed-in-a-trial.js', import.meta.url));
  assert.is(spawnSync(process.execPath, [program, file]).signal, 'SIGKILL');
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const store = new TrialStore(db);
  db.start();
  const closed = new TrialLedger(store).closeInterrupted(Date.now());
  assert.equal(
    closed.map(({ to, verdict, why }) => [to, verdict, why]),
    [['roadside-s', 'rolled-back', 'the program ended during it']],
  );
  assert.equal(store.kept('model'), { model: 'roadside-n' });
  db.stop();
});

test.run();
