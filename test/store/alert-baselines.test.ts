import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { AlertBaselines } from '../../src/store/alert-baselines.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const file = join(temporaryFolder('baselines'), 'history.db');

function opened() {
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const baselines = new AlertBaselines(db);
  db.start();
  return { db, baselines };
}

onDisk('the latest state of each series is there after a restart, number by number', () => {
  const before = opened();
  before.baselines.save({ series: 'a', savedAt: 1, state: Float32Array.of(1) });
  before.db.flush();
  before.baselines.save({ series: 'a', savedAt: 3, state: Float32Array.of(0.1, -2, 3e9).subarray(1) });
  before.baselines.save({ series: 'b', savedAt: 2, state: new Float32Array() });
  before.db.stop();
  const after = opened();
  assert.equal(after.baselines.all(), [
    { series: 'a', savedAt: 3, state: Float32Array.of(-2, 3e9) },
    { series: 'b', savedAt: 2, state: new Float32Array() },
  ]);
  after.baselines.forget(3);
  assert.equal(
    after.baselines.all().map(({ series }) => series),
    ['a'],
  );
  after.db.stop();
  assert.equal(after.baselines.all(), []);
});

test.run();
