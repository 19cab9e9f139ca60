import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { takeFormerQuietHours } from '../../src/store/former-quiet-hours.js';
import { HISTORY_MIGRATIONS, QUIET_HOURS_MIGRATIONS } from '../../src/store/migrations.js';
import { QuietHours } from '../../src/store/quiet-hours.js';
import { StoreFile } from '../../src/store/store-file.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('quiet-hours');
const HOUR_MS = 3_600_000;
const HOUR = 500_000;
let files = 0;

function record(file = join(folder, `${++files}`, 'history.db'), open?: () => never) {
  const clock = { at: HOUR * HOUR_MS };
  const now = () => clock.at;
  const more = open === undefined ? {} : { open };
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog, now, ...more });
  const it = new QuietHours(db, now);
  db.start();
  return { it, db, file, clock };
}

test('what was added is there after a restart, of each camera its own', () => {
  const { it, db, file } = record();
  it.add('north', { hour: HOUR, longestMs: 61_000.4 });
  it.add('south', { hour: HOUR, longestMs: 5000 });
  db.stop();
  const again = record(file);
  assert.equal(again.it.read('north', 30), [{ hour: HOUR, longestMs: 61_000 }]);
  assert.equal(again.it.read('east', 30), []);
  again.db.stop();
});

test('the longer silence of an hour stays, in memory and on disk', () => {
  const { it, db } = record();
  it.add('north', { hour: HOUR, longestMs: 9000 });
  it.add('north', { hour: HOUR, longestMs: 4000 });
  db.flush();
  it.add('north', { hour: HOUR, longestMs: 7000 });
  db.flush();
  assert.equal(it.read('north', 30), [{ hour: HOUR, longestMs: 9000 }]);
  db.stop();
});

test('hours are read as far back as is asked, and forgotten after 60 days', () => {
  const { it, db, clock } = record();
  it.add('north', { hour: HOUR, longestMs: 1 });
  db.flush();
  clock.at += 40 * 24 * HOUR_MS;
  assert.is(it.read('north', 30).length, 0);
  assert.is(it.read('north', 50).length, 1);
  clock.at += 21 * 24 * HOUR_MS;
  it.add('north', { hour: HOUR + 61 * 24, longestMs: 2 });
  db.flush();
  assert.is(it.read('north', 365).length, 2, 'a clock that leapt deletes nothing at once');
  for (let minute = 0; minute < 24 * 60; minute++) {
    clock.at += 60_000;
    db.flush();
  }
  assert.equal(it.read('north', 365), [{ hour: HOUR + 61 * 24, longestMs: 2 }]);
  db.stop();
});

test('without a disk 800 hours wait, and the oldest are dropped and counted', () => {
  const { it, db } = record('nowhere.db', () => {
    throw new Error('no disk');
  });
  for (let i = 0; i < 810; i++) it.add('north', { hour: HOUR + i, longestMs: 1 });
  assert.is(db.health().droppedWrites, 10);
  assert.equal(it.read('north', 30), []);
  db.stop();
});

test('what an earlier version kept in a file of its own is taken over, and that file removed', () => {
  const former = join(folder, 'quiet-hours.db');
  const database = openDatabase({ file: former, migrations: QUIET_HOURS_MIGRATIONS, log: silentLog });
  database.prepare("INSERT INTO quiet_hours VALUES ('north', ?, 1200)").run(HOUR);
  database.close();
  const { it, db } = record();
  takeFormerQuietHours(former, it, silentLog);
  assert.equal(it.read('north', 30), [{ hour: HOUR, longestMs: 1200 }]);
  assert.not.ok(existsSync(former));
  db.stop();
});

test('a former file stays where nothing can be written', () => {
  const former = join(folder, 'kept.db');
  openDatabase({ file: former, migrations: QUIET_HOURS_MIGRATIONS, log: silentLog }).close();
  const { it, db } = record('nowhere.db', () => {
    throw new Error('no disk');
  });
  takeFormerQuietHours(former, it, silentLog);
  assert.ok(existsSync(former));
  db.stop();
});

test.run();
