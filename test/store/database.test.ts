import { execFileSync } from 'node:child_process';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EdgeError } from '../../src/foundation/errors.js';
import { silentLog } from '../../src/foundation/log.js';
import { type DatabaseOptions, openDatabase } from '../../src/store/database.js';
import { sqliteProblem } from '../../src/store/sqlite.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);

const folder = temporaryFolder('store');
const FIRST = 'CREATE TABLE a (n INTEGER) STRICT;';
const SECOND = 'ALTER TABLE a ADD COLUMN m INTEGER; INSERT INTO a VALUES (1, 2);';

function open(name: string, migrations: readonly string[] = [FIRST]) {
  return openDatabase({ file: join(folder, name), migrations, log: silentLog });
}

function errorOf(work: () => unknown): EdgeError {
  try {
    work();
  } catch (error) {
    return error as EdgeError;
  }
  throw new Error('it did not fail');
}

onDisk('makes the folder and the file, with a write-ahead log', () => {
  const database = open('deep/er/new.db');
  assert.equal(database.prepare('PRAGMA journal_mode').get(), { journal_mode: 'wal' });
  assert.equal(database.prepare('PRAGMA synchronous').get(), { synchronous: 1 });
  assert.is(database.readOnly, false);
  assert.is(database.setAside, null);
  database.close();
});

for (const umask of [0o022, 0o000]) {
  onDisk(`with umask ${umask.toString(8)} folder, file and log are their owner's alone`, () => {
    const before = process.umask(umask);
    try {
      const database = open(`private-${umask}/new.db`);
      database.prepare('INSERT INTO a VALUES (1)').run();
      const modes = ['', '/new.db', '/new.db-wal', '/new.db-shm'].map((name) =>
        (statSync(join(folder, `private-${umask}${name}`)).mode & 0o777).toString(8),
      );
      assert.equal(modes, ['700', '600', '600', '600']);
      database.close();
    } finally {
      process.umask(before);
    }
  });
}

onDisk('waits for a lock only where it is told to', () => {
  const options = { file: join(folder, 'patience.db'), migrations: [FIRST], log: silentLog };
  const timeoutOf = (more: Partial<DatabaseOptions>) => {
    const database = openDatabase({ ...options, ...more });
    const found = database.prepare('PRAGMA busy_timeout').get();
    database.close();
    return found;
  };
  assert.equal(timeoutOf({}), { timeout: 0 });
  assert.equal(timeoutOf({ busyTimeoutMs: 70 }), { timeout: 70 });
});

onDisk(
  'a log that another version of SQLite left is set aside, and the database serves as it was at its checkpoint',
  () => {
    const database = open('foreign.db');
    database.prepare('INSERT INTO a VALUES (7)').run();
    database.close();
    const file = join(folder, 'foreign.db');
    const head = Buffer.alloc(32);
    head.writeUInt32BE(0x377f0683, 0);
    head.writeUInt32BE(3_008_000, 4);
    writeFileSync(`${file}-wal`, head);
    const again = openDatabase({ file, migrations: [FIRST], log: silentLog, now: () => Date.UTC(2026, 4, 1) });
    assert.equal(again.prepare('SELECT n FROM a').all(), [{ n: 7 }]);
    assert.equal(statSync(`${file}-wal.foreign-2026-05-01T00-00-00-000Z`).size, 32);
    again.close();
  },
);

onDisk('applies the migrations that are missing, once each', () => {
  open('steps.db').close();
  open('steps.db', [FIRST, SECOND]).close();
  const database = open('steps.db', [FIRST, SECOND]);
  assert.equal(database.prepare('SELECT n, m FROM a').all(), [{ n: 1, m: 2 }]);
  assert.equal(database.prepare('PRAGMA user_version').get(), { user_version: 2 });
  database.close();
});

onDisk('a migration that fails leaves the schema as it was', () => {
  open('half.db').close();
  const error = errorOf(() => open('half.db', [FIRST, 'CREATE TABLE b (n INTEGER); CREATE TABLE a (n INTEGER);']));
  assert.is(error.code, 'E_OUTPUT');
  const database = open('half.db');
  assert.equal(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all(), [{ name: 'a' }]);
  database.close();
});

onDisk('a file of a newer version of the program is refused, not touched', () => {
  open('newer.db', [FIRST, SECOND]).close();
  const error = errorOf(() => open('newer.db'));
  assert.is(error.code, 'E_OUTPUT');
  assert.match(error.message, /newer version of this program \(schema 2, known here: 1\)/);
});

onDisk('a transaction that throws changes nothing, durable or not', () => {
  const database = open('all-or-nothing.db');
  for (const durable of [false, true]) {
    const work = () => {
      database.prepare('INSERT INTO a VALUES (1)').run();
      throw new Error('no');
    };
    assert.throws(() => database.transaction(work, durable), 'no');
  }
  assert.equal(database.prepare('SELECT count(*) AS n FROM a').get(), { n: 0 });
  assert.equal(database.prepare('PRAGMA synchronous').get(), { synchronous: 1 });
  database.close();
});

onDisk('a corrupt file is renamed with the time, and a new one begun', () => {
  writeFileSync(join(folder, 'bad.db'), 'x'.repeat(5000));
  const file = join(folder, 'bad.db');
  const database = openDatabase({ file, migrations: [FIRST], log: silentLog, now: () => Date.UTC(2026, 4, 1) });
  assert.is(database.setAside, `${file}.corrupt-2026-05-01T00-00-00-000Z`);
  assert.equal(database.prepare('SELECT count(*) AS n FROM a').get(), { n: 0 });
  database.close();
});

test('without better-sqlite3 the error says how to get it', () => {
  const load = () => {
    throw new Error("Cannot find module 'better-sqlite3'");
  };
  const error = errorOf(() => openDatabase({ file: join(folder, 'x.db'), migrations: [], log: silentLog, load }));
  assert.is(error.code, 'E_CONFIG');
  assert.match(error.message, /node scripts\/setup\.mjs --sqlite/);
  assert.match(sqliteProblem(load)!, /node scripts\/setup\.mjs --sqlite.*Cannot find module/);
});

test('a package without its native library counts as a missing one', () => {
  class WithoutBinary {
    constructor() {
      throw new Error('Could not locate the bindings file.');
    }
  }
  const load = () => WithoutBinary as unknown as ReturnType<NonNullable<DatabaseOptions['load']>>;
  const error = errorOf(() => openDatabase({ file: join(folder, 'x.db'), migrations: [], log: silentLog, load }));
  assert.is(error.code, 'E_CONFIG');
  assert.match(error.message, /node scripts\/setup\.mjs --sqlite/);
});

test('a native library that another Node was here for is to be built anew, at the first try and at each later one', () => {
  for (const said of [
    'was compiled against a different Node.js version using NODE_MODULE_VERSION 115',
    'Module did not self-register',
  ]) {
    const load = () => {
      throw new Error(said);
    };
    const problem = sqliteProblem(load)!;
    assert.match(problem, /`npm rebuild better-sqlite3`, with the Node that runs the program/);
    assert.not.match(problem, /setup\.mjs|npm install/);
  }
});

onDisk('where it works there is no problem to tell', () => {
  assert.is(sqliteProblem(), null);
});

onDisk('a place that can hold no file is an error that names it', () => {
  writeFileSync(join(folder, 'file'), '');
  const error = errorOf(() => open('file/x.db'));
  assert.is(error.code, 'E_OUTPUT');
  assert.match(error.message, /file\/x\.db cannot be used/);
});

/** What opening says where the file may be read only, and its folder has the mode. */
function openedUnprivileged(name: string, folderMode: string): string {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'unprivileged-open.js');
  chmodSync(folder, 0o755);
  return execFileSync(process.execPath, [script, join(folder, name), folderMode], { encoding: 'utf8' }).trim();
}

onDisk('a file that cannot be written is opened for reading', () => {
  assert.is(openedUnprivileged('read/only.db', '755'), 'readOnly true {"n":0}');
});

onDisk('in a folder that cannot be written a database with a write-ahead log cannot be used', () => {
  assert.is(openedUnprivileged('locked/folder.db', '555'), 'E_OUTPUT');
  chmodSync(join(folder, 'locked'), 0o755);
});

test.run();
