import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adviseSqlite } from '../../../src/database/sqlite/advise.js';
import { runWorkload } from '../../../src/database/sqlite/run-workload.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('advise');
const test = suite('advise');
const withSqlite = needs('better-sqlite3', test);

/** 20 000 fines of 4 000 cars, one in fifty unpaid; the index by amount serves no statement, that by car is the beginning of another. */
function finesDatabase(name: string): string {
  const file = join(folder, name);
  const sqlite = new (loadSqlite())(file);
  sqlite.exec(`
    CREATE TABLE car (id INTEGER PRIMARY KEY, plate TEXT);
    CREATE TABLE fine (id INTEGER PRIMARY KEY, car INTEGER, paid INTEGER, amount REAL, at INTEGER, note TEXT, a, b, c);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO car SELECT i, 'P' || i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO fine SELECT i, i * 7919 % 4000 + 1, i % 50 <> 0, i % 300, i * 60, 'a note of some length, as there are', 1, 2, 3 FROM n;
    CREATE INDEX by_amount ON fine (amount);
    CREATE INDEX by_car ON fine (car);
    CREATE INDEX by_car_at ON fine (car, at);
  `);
  sqlite.close();
  return file;
}

withSqlite('indexes that make a workload faster are found, with their plans, and what they save', () => {
  const { create, beforeMs, afterMs } = adviseSqlite(finesDatabase('a.db'), [
    { sql: 'SELECT * FROM car WHERE plate = ?', count: 1000 },
    { sql: 'SELECT * FROM fine WHERE note = ? AND at > 1199000', count: 1000 },
  ]);
  assert.equal(create.map(({ sql }) => sql).sort(), [
    'CREATE INDEX "ix_car_plate" ON "car" ("plate")',
    'CREATE INDEX "ix_fine_at" ON "fine" ("at")',
  ]);
  const plate = create.find(({ name }) => name === 'ix_car_plate')!;
  assert.equal(
    plate.statements.map(({ plan }) => plan),
    [['SEARCH car USING COVERING INDEX ix_car_plate (plate=?)']],
  );
  assert.ok(plate.savesMs > 0 && plate.bytes > 0);
  assert.ok(afterMs < beforeMs / 2);
});

withSqlite('an index that makes a statement much faster is found beside one that takes nearly all of the time', () => {
  const { create } = adviseSqlite(finesDatabase('h.db'), [
    { sql: 'SELECT * FROM car WHERE plate = ?', count: 5 },
    {
      sql: 'SELECT count(*), avg(length(note) * amount), max(note) FROM fine, (SELECT 1 UNION SELECT 2 UNION SELECT 3)',
      count: 20,
    },
  ]);
  assert.equal(
    create.map(({ sql }) => sql),
    ['CREATE INDEX "ix_car_plate" ON "car" ("plate")'],
  );
});

withSqlite('where the time is over the best so far is the advice, and it says so', () => {
  const workload = [{ sql: 'SELECT * FROM car WHERE plate = ?', count: 1000 }];
  const cut = adviseSqlite(finesDatabase('t.db'), workload, { mostS: 0 });
  assert.is(cut.cutShort, true);
  assert.is(cut.create.length, 0);
  assert.is(adviseSqlite(finesDatabase('u.db'), workload).cutShort, false);
});

withSqlite('an index that another begins with, and one that no statement needs, can go', () => {
  const { drop } = adviseSqlite(finesDatabase('b.db'), [
    { sql: 'SELECT at FROM fine WHERE car = ? ORDER BY at', count: 10 },
  ]);
  assert.equal(
    drop.map(({ sql, why, instead }) => [sql, why, instead]),
    [
      ['DROP INDEX "by_car"', 'redundant', 'by_car_at'],
      ['DROP INDEX "by_amount"', 'unused', null],
    ].sort(([a], [b]) => String(b).localeCompare(String(a))),
  );
});

withSqlite('an index that costs writing more than it saves reading is not made', () => {
  const { create } = adviseSqlite(finesDatabase('c.db'), [
    { sql: 'SELECT count(*) FROM fine WHERE note = ?', count: 1 },
    {
      sql: "INSERT INTO fine (car, paid, amount, at, note) VALUES (?, 0, ?, ?, 'another note of some length')",
      count: 5_000_000,
    },
  ]);
  assert.equal(create, []);
});

withSqlite('statements that cannot be read are told with why, and hold up nothing', () => {
  const { unread, create } = adviseSqlite(finesDatabase('d.db'), [
    { sql: 'SELEKT 1', count: 1 },
    { sql: 'SELECT * FROM absent', count: 1 },
    { sql: 'SELECT * FROM car WHERE plate = ?', count: 100 },
  ]);
  assert.equal(unread, [
    { sql: 'SELEKT 1', why: 'it is no statement that SQLite can read' },
    { sql: 'SELECT * FROM absent', why: 'no such table: absent' },
  ]);
  assert.is(create.length, 1);
});

withSqlite(
  'what neither reads nor writes rows is told and not carried out, be it a transaction, another file or the database itself',
  () => {
    const others = [
      'BEGIN',
      'COMMIT',
      'SAVEPOINT a',
      `ATTACH '${join(folder, 'attached.db')}' AS o`,
      `VACUUM INTO '${join(folder, 'vacuumed.db')}'`,
      'PRAGMA journal_mode = DELETE',
      'DROP TABLE fine',
      'CREATE TABLE more (a)',
      'EXPLAIN SELECT 1',
    ];
    const file = finesDatabase('q.db');
    const workload = [...others, 'SELECT * FROM car WHERE plate = ?', 'DELETE FROM car'].map((sql) => ({
      sql,
      count: 9,
    }));
    const { unread } = adviseSqlite(file, workload);
    assert.equal(
      unread,
      others.map((sql) => ({ sql, why: 'it neither reads nor writes rows' })),
    );
    assert.not(readdirSync(folder).some((name) => /attached|vacuumed/.test(name)));
    const sqlite = new (loadSqlite())(file);
    assert.equal(runWorkload(sqlite, workload, 500).failed, []);
    assert.is(sqlite.prepare('SELECT count(*) FROM car').pluck().get(), 4000);
    sqlite.close();
  },
);

withSqlite('of a thousand different statements each is run for less of the time, and the index is found', () => {
  const workload = Array.from({ length: 1000 }, (_, at) => ({
    sql: `SELECT plate AS p${at} FROM car WHERE plate = 'P${at}'`,
    count: 1,
  }));
  const { create } = adviseSqlite(finesDatabase('r.db'), workload, { mostS: 20 });
  assert.is(create[0]?.name, 'ix_car_plate');
});

withSqlite('a file that is no database, and one that is damaged, are told as what they are', () => {
  const text = join(folder, 'text.db');
  writeFileSync(text, 'no database '.repeat(500));
  assert.throws(() => adviseSqlite(text, []), /it is another kind of file than a database of SQLite, or is encrypted/);
  const damaged = finesDatabase('s.db');
  writeFileSync(damaged, readFileSync(damaged).fill(0xff, 8192));
  assert.throws(() => adviseSqlite(damaged, []), /it is damaged: `sqlite3 FILE .recover`, or a backup/);
});

withSqlite('a column that a statement compares by another rule than its own gets an index by that rule', () => {
  const { create } = adviseSqlite(finesDatabase('n.db'), [
    { sql: "SELECT id FROM car WHERE plate = 'p77' COLLATE NOCASE", count: 100 },
  ]);
  assert.equal(
    create.map(({ sql, statements }) => [sql.replace(/_[0-9a-f]{8}"/, '"'), statements[0]!.plan[0]!.slice(0, 16)]),
    [['CREATE INDEX "ix_car_plate" ON "car" ("plate" COLLATE "NOCASE")', 'SEARCH car USING']],
  );
});

withSqlite('an index by another rule, and one whose name has blanks, is not taken for one that can go', () => {
  const file = finesDatabase('o.db');
  const sqlite = new (loadSqlite())(file);
  sqlite.exec(
    'DROP INDEX by_amount; DROP INDEX by_car; CREATE INDEX "without case" ON car (plate COLLATE NOCASE); CREATE INDEX "with case" ON car (plate, id)',
  );
  sqlite.close();
  const { drop, create } = adviseSqlite(file, [
    { sql: "SELECT id FROM car WHERE plate = 'p77' COLLATE NOCASE", count: 10 },
    { sql: "SELECT id FROM car WHERE plate = 'P77'", count: 10 },
    { sql: 'SELECT at FROM fine WHERE car = 5 ORDER BY at', count: 10 },
  ]);
  assert.equal([drop, create], [[], []]);
});

withSqlite('two indexes of an advice have two names, and none that the database has', () => {
  const file = join(folder, 'names.db');
  const sqlite = new (loadSqlite())(file);
  const rows = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)';
  sqlite.exec(`
    CREATE TABLE a_b (c INTEGER, x TEXT, y TEXT); ${rows} INSERT INTO a_b SELECT i, i, i FROM n;
    CREATE TABLE a (b_c INTEGER, x TEXT, y TEXT); ${rows} INSERT INTO a SELECT i, i, i FROM n;
    CREATE TABLE "列" ("数" INTEGER, x TEXT); ${rows} INSERT INTO "列" SELECT i, i FROM n;
    CREATE TABLE "行" ("数" INTEGER, x TEXT); ${rows} INSERT INTO "行" SELECT i, i FROM n;
    CREATE TABLE t (a INTEGER, x TEXT, y TEXT); ${rows} INSERT INTO t SELECT i, i, i FROM n;
    CREATE INDEX ix_t_a ON t (x);
  `);
  const { create } = adviseSqlite(file, [
    { sql: 'SELECT * FROM a_b WHERE c = 5', count: 10 },
    { sql: 'SELECT * FROM a WHERE b_c = 5', count: 10 },
    { sql: 'SELECT * FROM "列" WHERE "数" = 5', count: 10 },
    { sql: 'SELECT * FROM "行" WHERE "数" = 5', count: 10 },
    { sql: 'SELECT * FROM t WHERE a = 5', count: 10 },
  ]);
  assert.is(create.length, 5);
  for (const { sql } of create) sqlite.exec(sql);
  sqlite.close();
});

withSqlite('the database is only read, and the copy is removed', () => {
  const file = finesDatabase('e.db');
  const digest = () => createHash('sha256').update(readFileSync(file)).digest('hex');
  const before = digest();
  adviseSqlite(file, [{ sql: 'UPDATE fine SET paid = 1 WHERE at < 600', count: 1 }], { folder });
  assert.is(digest(), before);
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('edge-advice-')),
    [],
  );
});

withSqlite('a database that is not there is not made', () => {
  assert.throws(() => adviseSqlite(join(folder, 'none.db'), []), /cannot be read/);
  assert.not.ok(readdirSync(folder).includes('none.db'));
});

test.run();
