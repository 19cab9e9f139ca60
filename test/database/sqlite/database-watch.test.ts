import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DatabaseWatch } from '../../../src/database/sqlite/database-watch.js';
import { lockHolders } from '../../../src/database/sqlite/lock-holders.js';
import { loadSqlite, type SqliteConnection } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('database-watch');
const test = suite('database watch');
const withSqlite = needs('better-sqlite3', test);

function written(name: string): { readonly file: string; readonly writer: SqliteConnection } {
  const file = join(folder, name);
  const writer = new (loadSqlite())(file);
  writer.pragma('journal_mode = WAL');
  writer.pragma('wal_autocheckpoint = 0');
  writer.exec('CREATE TABLE fine (id INTEGER PRIMARY KEY, note TEXT)');
  return { file, writer };
}

withSqlite('beside its writer it tells how the log grows and whether anything changed', async () => {
  const { file, writer } = written('beside.db');
  const watch = new DatabaseWatch(file);
  const first = await watch.sample();
  assert.equal([first.walBytesPerS, first.changed], [null, null]);
  const second = await watch.sample();
  assert.equal([second.walBytesPerS, second.changed], [0, false]);
  writer.exec("INSERT INTO fine (note) VALUES ('x')");
  const third = await watch.sample();
  assert.ok(third.walBytesPerS! > 0 && third.walBytes > second.walBytes);
  assert.is(third.changed, true);
  assert.ok(third.score! > 0 && third.fsyncMs! > 0);
  watch.close();
  writer.close();
});

withSqlite('a file that vanishes, or makes room for another one, is told', async () => {
  const { file, writer } = written('gone.db');
  writer.close();
  const watch = new DatabaseWatch(file);
  const error = async () => String(await watch.sample().catch((thrown: Error) => thrown.message));
  renameSync(file, `${file}.old`);
  assert.is(await error(), `the database ${file} is not there any more: watch it anew`);
  writeFileSync(file, '');
  assert.is(await error(), `the database ${file} is another file now: watch it anew`);
  watch.close();
  rmSync(file);
});

withSqlite('who holds which lock is read from the kernel’s table', () => {
  const { file, writer } = written('locked.db');
  const index = statSync(`${file}-shm`).ino;
  const database = statSync(file).ino;
  const table = join(folder, 'locks');
  writeFileSync(
    table,
    [
      `1: POSIX  ADVISORY  WRITE ${process.pid} 08:01:${index} 120 120`,
      `2: POSIX  ADVISORY  READ  ${process.pid} 08:01:${index} 124 124`,
      `2: -> POSIX  ADVISORY  WRITE 77 08:01:${index} 120 120`,
      `3: POSIX  ADVISORY  READ  ${process.pid} 08:01:${database} 1073741826 1073742335`,
      `4: POSIX  ADVISORY  WRITE 99999999 08:01:${database} 1073741825 1073741825`,
      `5: POSIX  ADVISORY  WRITE 5 08:01:1 0 EOF`,
    ].join('\n'),
  );
  assert.equal(
    lockHolders(file, table)!.map(({ pid, name, doing }) => [pid === process.pid, name === null, doing]),
    [
      [true, false, 'writing'],
      [true, false, 'reading'],
      [false, true, 'writing'],
    ],
  );
  assert.is(lockHolders(file, join(folder, 'none')), null);
  writer.close();
});

test.run();
