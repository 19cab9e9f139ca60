import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog, silentLog } from '../../src/foundation/log.js';
import type { AuditCounts } from '../../src/store/audit-counts.js';
import { AuditHistory } from '../../src/store/audits.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort } from '../../src/store/database-port.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { temporaryFolder } from '../temporary.js';
import { letPass } from './let-pass.js';
import { recording, type Trouble, troubled } from './trouble.js';

const folder = temporaryFolder('audits');
const HOUR_MS = 3_600_000;
const HOUR = 500_000;

const counts = (change: Partial<AuditCounts> = {}): AuditCounts => ({
  audits: 1,
  inferred: 2,
  reusedMemory: 3,
  reusedDisk: 4,
  propagated: 5,
  truePositives: 6,
  falsePositives: 7,
  misses: 8,
  propagatedErrors: 11,
  propagatedSize: 12,
  reuseAudits: 9,
  wrongReuses: 10,
  ...change,
});

let files = 0;

/** A history in a file of its own, with a clock and a log of its own. */
function history(change: { file?: string; open?: (file: string) => DatabasePort; told?: string[] } = {}) {
  const file = change.file ?? join(folder, `${++files}`, 'history.db');
  const clock = { at: HOUR * HOUR_MS };
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line).msg) }, false);
  const open = change.open ?? openFile;
  const listener = recording(change.told ?? []);
  const now = () => clock.at;
  const migrations = HISTORY_MIGRATIONS;
  const db = new StoreFile({ what: 'the history', file, migrations, open: () => open(file), now, log, listener });
  const it = new AuditHistory(db, now);
  db.start();
  return { it, db, file, clock, lines };
}

const openFile = (file: string): DatabasePort => openDatabase({ file, migrations: HISTORY_MIGRATIONS, log: silentLog });

test('what was added is there after a restart', () => {
  const { it, db, file } = history();
  it.add('north', 'roadside-n@int8', counts());
  db.stop();
  const again = history({ file });
  assert.equal(again.it.read('north', 'roadside-n@int8', 30), [{ hour: HOUR, ...counts() }]);
  again.db.stop();
});

test('the counts of one hour add up, in memory and on disk', () => {
  const { it, db } = history();
  it.add('north', 'm', counts({ audits: 1 }));
  it.add('north', 'm', counts({ audits: 2 }));
  db.flush();
  it.add('north', 'm', counts({ audits: 4 }));
  db.flush();
  assert.equal(
    it.read('north', 'm', 1).map(({ audits, misses }) => [audits, misses]),
    [[7, 24]],
  );
  db.stop();
});

test('hours, cameras and models are kept apart', () => {
  const { it, db, clock } = history();
  it.add('north', 'm', counts({ audits: 1 }));
  it.add('south', 'm', counts({ audits: 2 }));
  it.add('north', 'other', counts({ audits: 3 }));
  clock.at += HOUR_MS;
  it.add('north', 'm', counts({ audits: 4 }));
  db.flush();
  assert.equal(
    it.read('north', 'm', 1).map(({ hour, audits }) => [hour, audits]),
    [
      [HOUR, 1],
      [HOUR + 1, 4],
    ],
  );
  db.stop();
});

test('only the days that were asked for are read', () => {
  const { it, db, clock } = history();
  it.add('north', 'm', counts());
  db.flush();
  clock.at += 25 * HOUR_MS;
  assert.is(it.read('north', 'm', 2).length, 1);
  assert.is(it.read('north', 'm', 1).length, 0);
  db.stop();
});

test('after 400 days an hour is forgotten', () => {
  const { it, db, clock } = history();
  it.add('north', 'm', counts());
  db.flush();
  clock.at += 400 * 24 * HOUR_MS;
  it.add('north', 'm', counts());
  db.flush();
  assert.is(it.read('north', 'm', 1000).length, 2);
  letPass(23 * HOUR_MS, clock, db);
  assert.is(it.read('north', 'm', 1000).length, 2);
  letPass(2 * HOUR_MS, clock, db);
  assert.is(it.read('north', 'm', 1000).length, 1);
  db.stop();
});

test('a full disk is told once, and what waited is written when there is room', () => {
  const disk: Trouble = { code: 'SQLITE_FULL' };
  const told: string[] = [];
  const { it, db, clock, lines } = history({ open: (file) => troubled(openFile(file), disk), told });
  for (let minute = 0; minute < 3; minute++) {
    it.add('north', 'm', counts());
    db.flush();
    clock.at += 60_000;
  }
  assert.equal(it.read('north', 'm', 1), []);
  const reason = 'cannot be written: SQLITE_FULL';
  assert.equal(db.health(), { state: 'degraded', reason, errors: 3, setAside: 0, droppedWrites: 0 });
  disk.code = null;
  db.flush();
  assert.is(it.read('north', 'm', 1)[0]!.audits, 3);
  assert.equal(db.health(), { state: 'open', reason: null, errors: 3, setAside: 0, droppedWrites: 0 });
  assert.equal(lines, ['the history is out of order: memory goes on, it is tried again', 'the history works again']);
  assert.equal(told, [`degraded ${reason}`, 'recovered']);
  db.stop();
});

test('what a place that can hold no file leaves waiting is bounded, the oldest hours go first', () => {
  writeFileSync(join(folder, 'file'), '');
  const { it, db, clock, lines } = history({ file: join(folder, 'file/history.db') });
  for (let hour = 0; hour < 1000; hour++) {
    it.add('north', 'm', counts());
    clock.at += HOUR_MS;
  }
  db.flush();
  const { state, droppedWrites } = db.health();
  assert.equal([state, it.pending, droppedWrites], ['degraded', 800, 200]);
  assert.equal(it.read('north', 'm', 30), []);
  db.stop();
  assert.is(lines.length, 1);
});

test('a database that is only read gives its hours and takes none', () => {
  const { it, db, file } = history();
  it.add('north', 'm', counts());
  db.stop();
  const open = (name: string): DatabasePort => {
    const database = openFile(name);
    database.prepare('PRAGMA query_only = ON').run();
    return database;
  };
  const again = history({ file, open });
  again.it.add('north', 'm', counts());
  again.db.flush();
  assert.is(again.it.read('north', 'm', 1)[0]!.audits, 1);
  assert.is(again.db.health().state, 'degraded');
  again.db.stop();
});

test('a file that turns corrupt is set aside, and a new one serves', () => {
  const { it, db, file } = history();
  it.add('north', 'm', counts());
  db.stop();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, 0);
  closeSync(handle);
  const again = history({ file });
  assert.equal(again.it.read('north', 'm', 1), []);
  again.it.add('north', 'm', counts({ audits: 7 }));
  again.db.flush();
  assert.is(again.it.read('north', 'm', 1)[0]!.audits, 7);
  again.db.stop();
});

test('stopping without starting, or twice, does nothing', () => {
  const { db } = history();
  db.stop();
  db.stop();
  assert.is(db.health().state, 'closed');
});

test.run();
