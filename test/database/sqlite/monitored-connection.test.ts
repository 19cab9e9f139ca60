import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { QueryMonitor } from '../../../src/database/monitor/query-monitor.js';
import { querySmells } from '../../../src/database/monitor/query-smells.js';
import { monitoredConnection } from '../../../src/database/sqlite/monitored-connection.js';
import { readSchema } from '../../../src/database/sqlite/read-schema.js';
import { loadSqlite, type SqliteConnection } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';

const test = suite('monitored connection');
const withSqlite = needs('better-sqlite3', test);

/** Everything is slow here, so that each kind of query has a plan. */
function monitored(): { sqlite: SqliteConnection; monitor: QueryMonitor } {
  const plain = new (loadSqlite())(':memory:');
  plain.exec(`
    CREATE TABLE car (id INTEGER PRIMARY KEY, plate TEXT, owner INTEGER);
    CREATE INDEX by_plate ON car (plate);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO car SELECT i, 'P' || i, i % 7 FROM n;
  `);
  const monitor = new QueryMonitor({ slowMs: 0.000_001 });
  return { sqlite: monitoredConnection(plain, monitor), monitor };
}

withSqlite('queries of one kind are one, with their calls, rows and plan', () => {
  const { sqlite, monitor } = monitored();
  for (const owner of [1, 2, 3]) sqlite.prepare(`SELECT * FROM car WHERE owner = ${owner}`).all();
  assert.is((sqlite.prepare('SELECT plate FROM car WHERE id = ?').get(7) as { plate: string }).plate, 'P7');
  const [scan, byKey] = monitor.statistics();
  assert.equal(
    [scan?.text, scan?.calls, scan?.rows, scan?.slow, scan?.plan],
    ['SELECT * FROM car WHERE owner = ?', 3, 858, 3, ['SCAN car']],
  );
  assert.equal([byKey?.calls, byKey?.rows, byKey?.plan], [1, 1, ['SEARCH car USING INTEGER PRIMARY KEY (rowid=?)']]);
  assert.ok(Math.abs(scan!.share + byKey!.share - 1) < 1e-9);
});

withSqlite('what the connection could do, it still can', () => {
  const { sqlite, monitor } = monitored();
  const insert = sqlite.prepare('INSERT INTO car (plate, owner) VALUES (?, ?)');
  const many = sqlite.transaction((plates: string[]) => plates.map((plate) => insert.run(plate, 1).lastInsertRowid));
  assert.equal(many(['X1', 'X2']), [2001, 2002]);
  assert.equal(sqlite.prepare('SELECT id FROM car WHERE id > 2000').pluck().all(), [2001, 2002]);
  assert.equal([...sqlite.prepare('SELECT id FROM car WHERE id > 2000').raw().iterate()], [[2001], [2002]]);
  assert.equal(sqlite.pragma('user_version', { simple: true }), 0);
  assert.is(sqlite.open, true);
  sqlite.exec('DELETE FROM car WHERE id > 2000');
  assert.is(monitor.statistics().find(({ text }) => text.startsWith('SELECT id'))?.calls, 2);
  sqlite.close();
  assert.is(sqlite.open, false);
});

withSqlite('a taker that has enough of the rows ends the query, and its own time is not the query’s', () => {
  const { sqlite, monitor } = monitored();
  for (const _row of sqlite.prepare('SELECT * FROM car').iterate()) break;
  const [query] = monitor.statistics();
  assert.equal([query?.calls, query?.rows, query?.errors], [1, 1, 0]);
  sqlite.prepare('DELETE FROM car').run();
});

withSqlite('errors are counted, thrown on, and nothing of the values is kept', () => {
  const { sqlite, monitor } = monitored();
  const insert = sqlite.prepare('INSERT INTO car (id, plate) VALUES (?, ?)');
  assert.throws(() => insert.run(1, 'secret'), /UNIQUE/);
  insert.run(9000, 'hunter2');
  const [query] = monitor.statistics();
  assert.equal([query?.calls, query?.errors, query?.locked], [2, 1, 0]);
  assert.is(query?.slowest?.parameters, 'number, string(7)');
  assert.not.match(JSON.stringify(monitor.statistics()), /secret|hunter2/);
});

const SMELLY: readonly (readonly [sql: string, codes: readonly string[]])[] = [
  ['SELECT id FROM car WHERE owner = 3', ['full-scan']],
  ["SELECT id FROM car WHERE plate > 'P5' ORDER BY owner", ['temporary-sort']],
  ["SELECT id FROM car WHERE upper(plate) = 'P5'", ['function-on-column']],
  ["SELECT id FROM car WHERE plate LIKE '%5' AND id = 5", ['leading-wildcard']],
  ['SELECT count(*) FROM car a JOIN car b ON b.owner = a.owner', ['automatic-index', 'full-scan']],
  ['SELECT plate FROM car WHERE id BETWEEN 1 AND 1900', ['no-limit']],
  ["SELECT plate FROM car WHERE plate = 'P5'", []],
];

for (const [sql, codes] of SMELLY) {
  withSqlite(`${codes.length === 0 ? 'nothing' : codes.join(' and ')} is seen in ${sql}`, () => {
    const { sqlite, monitor } = monitored();
    sqlite.prepare(sql).all();
    const smells = querySmells(monitor.statistics()[0]!, readSchema(sqlite));
    assert.equal([...new Set(smells.map(({ code }) => code))].sort(), codes);
    assert.ok(smells.every(({ seen, remedy }) => seen !== '' && remedy !== ''));
  });
}

withSqlite('one query for each row of another is seen', () => {
  const { sqlite, monitor } = monitored();
  const cars = sqlite.prepare('SELECT id FROM car LIMIT 25').pluck().all();
  const plateOf = sqlite.prepare('SELECT plate FROM car WHERE id = ?');
  for (const id of cars) plateOf.get(id);
  const query = monitor.statistics().find(({ text }) => text.startsWith('SELECT plate'))!;
  assert.is(query.bursts, 1);
  assert.equal(
    querySmells(query, null).map(({ code }) => code),
    ['one-by-one'],
  );
});

test.run();
