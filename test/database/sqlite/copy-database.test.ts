import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { copyPartOfDatabase } from '../../../src/database/sqlite/copy-database.js';
import { Workbench } from '../../../src/database/sqlite/workbench.js';
import { loadSqlite, type SqliteConnection } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('copy-database');
const test = suite('copies of a database');
const withSqlite = needs('better-sqlite3', test);

function databaseOf(name: string, sql: string, prepare: (sqlite: SqliteConnection) => void = () => undefined): string {
  const file = join(folder, name);
  const sqlite = new (loadSqlite())(file);
  prepare(sqlite);
  sqlite.exec(sql);
  sqlite.close();
  return file;
}

const numbers = (to: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${to - 1})`;

withSqlite('a part of a table is drawn by place, whatever its numbers are and whether they are called rowid', () => {
  const file = databaseOf(
    'part.db',
    `CREATE TABLE odd (id INTEGER PRIMARY KEY, turn INTEGER);
     ${numbers(8000)} INSERT INTO odd SELECT 2 * i + 1, i % 4 FROM n;
     CREATE TABLE named (rowid TEXT, turn INTEGER);
     ${numbers(8000)} INSERT INTO named SELECT 'x', i % 4 FROM n;
     CREATE TABLE without (id TEXT PRIMARY KEY, turn INTEGER) WITHOUT ROWID;
     ${numbers(8000)} INSERT INTO without SELECT 'k' || (2 * i + 1), i % 4 FROM n;`,
  );
  const into = new (loadSqlite())(':memory:');
  const { scale } = copyPartOfDatabase(file, into, { mostRows: 2000, mostBytes: undefined });
  for (const table of ['odd', 'named', 'without']) {
    const turns = into.prepare(`SELECT count(*) FROM ${table} GROUP BY turn`).pluck().all() as number[];
    assert.is(turns.length, 4, table);
    assert.is(
      turns.reduce((sum, count) => sum + count),
      2000,
      table,
    );
    // of rows that come in turns each has its share
    assert.ok(Math.min(...turns) > 400, `${table}: ${turns}`);
    assert.is(scale.get(table), 4);
  }
  into.close();
});

withSqlite('what only its own program can read is left out with why, and the rest is there', () => {
  const file = databaseOf(
    'functions.db',
    `CREATE TABLE checked (a INTEGER CHECK (mine(a))); INSERT INTO checked VALUES (1);
     CREATE TABLE made (a INTEGER, b AS (mine(a)));
     CREATE TABLE plain (a INTEGER); INSERT INTO plain VALUES (7);
     CREATE INDEX by_mine ON plain (mine(a));
     CREATE VIRTUAL TABLE words USING fts5(text);
     CREATE TABLE broken (a INTEGER NOT NULL); INSERT INTO broken VALUES (1);`,
    (sqlite) => sqlite.function('mine', { deterministic: true }, (value) => value),
  );
  const into = new (loadSqlite())(':memory:');
  const { leftOut } = copyPartOfDatabase(file, into, { mostRows: 10, mostBytes: undefined });
  assert.is(leftOut.get('checked'), 'no such function: mine');
  assert.is(leftOut.get('made'), 'no such function: mine');
  assert.is(leftOut.get('words'), 'it is a virtual table');
  assert.is(into.prepare('SELECT a FROM plain').pluck().get(), 7);
  assert.is(into.prepare('SELECT a FROM broken').pluck().get(), 1);
  into.close();
});

withSqlite(
  'nothing of the copy lies in its folder while it is worked on, so that nothing stays where the program is killed',
  () => {
    if (process.platform === 'win32') return;
    const file = databaseOf('killed.db', 'CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);');
    const around = temporaryFolder('copy-folder');
    const bench = new Workbench(file, { folder: around });
    assert.equal(readdirSync(around), []);
    bench.create('by_a', 'CREATE INDEX by_a ON t (a)');
    assert.is(bench.sqlite.prepare('SELECT a FROM t').pluck().get(), 1);
    bench.close();
  },
);

test.run();
