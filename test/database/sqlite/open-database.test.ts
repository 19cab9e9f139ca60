import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openForReading } from '../../../src/database/sqlite/open-database.js';
import { sha256Of } from '../../../src/foundation/sha256.js';
import { loadSqlite, type SqliteConnection } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('open-database');
const test = suite('databases that are only read');
const withSqlite = needs('better-sqlite3', test);
const program = fileURLToPath(new URL('./advise-as-nobody.js', import.meta.url));

/** A file with a write-ahead log that has all of it, as long as it is open. */
function written(name: string): { readonly file: string; readonly writer: SqliteConnection } {
  const file = join(folder, name);
  const writer = new (loadSqlite())(file);
  writer.pragma('journal_mode = WAL');
  writer.exec(`
    CREATE TABLE fine (id INTEGER PRIMARY KEY, car INTEGER, note TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO fine SELECT i, i % 5000, 'x' FROM n;
  `);
  return { file, writer };
}

function adviceAsNobody(file: string): string {
  chmodSync(folder, 0o755);
  return spawnSync(process.execPath, [program, file], { encoding: 'utf8' }).stdout.trim();
}

withSqlite(
  'in a folder that takes no writing, with a log that was left there, advice is given and nothing is changed',
  () => {
    const { file, writer } = written('left.db');
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, join(locked, `left.db${suffix}`));
    writer.close();
    for (const suffix of ['', '-wal']) chmodSync(join(locked, `left.db${suffix}`), 0o444);
    chmodSync(locked, 0o555);
    const sums = () => readdirSync(locked).map((name) => [name, sha256Of(readFileSync(join(locked, name)))]);
    const before = sums();
    assert.is(adviceAsNobody(join(locked, 'left.db')), 'car');
    assert.equal(sums(), before);
    chmodSync(locked, 0o755);
  },
);

withSqlite('of a file that may not be written, and of one beside its writer, advice is given', () => {
  const { file, writer } = written('beside.db');
  chmodSync(file, 0o444);
  for (const suffix of ['-wal', '-shm']) chmodSync(file + suffix, 0o444);
  writer.exec('BEGIN IMMEDIATE; DELETE FROM fine WHERE id = 1');
  assert.is(adviceAsNobody(file), 'car');
  writer.exec('ROLLBACK');
  writer.close();
});

withSqlite('reading leaves no log behind that was not there', () => {
  const { file, writer } = written('closed.db');
  writer.close();
  openForReading(file).close();
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('closed')),
    ['closed.db'],
  );
});

test.run();
