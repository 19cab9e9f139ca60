import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { postgresReport } from '../../../src/database/postgres/postgres-report.js';
import { has, needs } from '../../optional.js';
import { Cluster } from './cluster.js';

const withServer = needs('postgres', test);
const cluster = has('postgres') ? await Cluster.start() : null;

/** Fines of cars, with indexes that do nothing. */
const FINES = `
  CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
  CREATE TABLE car (id int PRIMARY KEY, plate text);
  CREATE TABLE fine (id int PRIMARY KEY, car int, amount float8, at timestamptz, a int, b int, c int, d int, e int, f int, g int, h int);
  INSERT INTO car SELECT i, 'P' || i FROM generate_series(1, 3000) i;
  INSERT INTO fine SELECT i, i % 3000, i, '2026-01-01'::timestamptz + i * interval '1 minute' FROM generate_series(1, 20000) i;
  CREATE INDEX fine_at ON fine (at);
  CREATE INDEX fine_at_amount ON fine (at, amount);`;
const ASKED = `
  SELECT pg_stat_statements_reset();
  SELECT count(*) FROM fine WHERE car = 77;
  SELECT date_trunc('day', at), count(*) FROM fine WHERE at > now() - interval '2 days' GROUP BY date_trunc('day', at) ORDER BY 1;
  SELECT * FROM fine WHERE lower(at::text) = 'x';
  DELETE FROM fine WHERE id <= 2000;
  ALTER USER postgres PASSWORD 'hunter2';`;

withServer('a report has what the server counts: queries with plans, tables, idle indexes, dead rows', async () => {
  await cluster!.sql('postgres', 'CREATE DATABASE fines');
  await cluster!.sql('fines', FINES, 'VACUUM ANALYZE', ASKED);
  const report = await postgresReport(cluster!.url('fines'));
  assert.is(report.kind, 'postgres');
  assert.equal(
    report.tables.map(({ name, rows }) => [name, rows]),
    [
      ['fine', 20000],
      ['car', 3000],
    ],
  );
  const searched = report.queries.find(({ text }) => text === 'SELECT count(*) FROM fine WHERE car = ?')!;
  assert.equal([searched.calls, searched.p95Ms, searched.errors], [1, null, null]);
  assert.match(searched.plan!.join('\n'), /Seq Scan on fine .* Filter: \(car = \$1\)/);
  assert.equal(
    searched.smells.map(({ seen }) => seen),
    ['reads every row of fine'],
  );
  const grouped = report.queries.find(({ text }) => text.includes('date_trunc'))!;
  assert.match(grouped.plan!.join('\n'), /on fine/);
  assert.equal(
    report.server!.idleIndexes.map(({ name, why, instead }) => [name, why, instead]),
    [['fine_at', 'unused', null]],
  );
  assert.not.match(JSON.stringify(report), /hunter2/);
});

withServer('what was not counted is null and is told, and the rest is there', async () => {
  await cluster!.sql('postgres', 'CREATE DATABASE plain');
  await cluster!.sql('plain', 'CREATE TABLE "Odd name" (id int); INSERT INTO "Odd name" VALUES (1)');
  const { health, queries, tables, notes } = await postgresReport(cluster!.url('plain'));
  assert.equal([queries, tables.map(({ name }) => name)], [[], ['Odd name']]);
  assert.match(notes.join(), /pg_stat_statements is not there: .* CREATE EXTENSION pg_stat_statements/);
  const value = (wanted: string) => health.parts.find(({ name }) => name === wanted)!;
  assert.equal([value('average query').score, value('free space').score], [null, null]);
  assert.match(value('statistics').remedy!, /^ANALYZE, and leave autovacuum on/);
});

withServer('a workload is run as far as it only reads', async () => {
  await cluster!.sql('postgres', 'CREATE DATABASE asked');
  await cluster!.sql(
    'asked',
    'CREATE TABLE fine (id int); INSERT INTO fine SELECT generate_series(1, 100); CREATE SEQUENCE s',
  );
  const { queries, failed } = await postgresReport(cluster!.url('asked'), {
    workload: [
      { sql: 'SELECT * FROM fine WHERE id = $1', count: 40 },
      { sql: 'DELETE FROM fine', count: 1 },
      { sql: 'SELECT pg_sleep(60) FROM fine', count: 1 },
      { sql: "SELECT nextval('s')", count: 1 },
      { sql: 'SELECT * FROM none', count: 1 },
    ],
  });
  assert.equal(
    queries.map(({ text, calls, rows }) => [text, calls, rows]),
    [['SELECT * FROM fine WHERE id = ?', 40, 40]],
  );
  assert.equal(
    failed.map(({ why }) => why),
    [
      'it calls pg_sleep(), which may change something: it is not run',
      'it calls nextval(), which may change something: it is not run',
      'relation "none" does not exist',
    ],
  );
  assert.equal(await cluster!.sql('asked', 'SELECT count(*)::int AS n FROM fine'), [{ n: 100 }]);
});

withServer('who waits for whose lock is told, without the values of the statement', async () => {
  await cluster!.sql('postgres', 'CREATE DATABASE locked');
  await cluster!.sql('locked', 'CREATE TABLE fine (id int)');
  const holding = cluster!.sql('locked', 'BEGIN; LOCK fine', 'SELECT pg_sleep(1.2)');
  await new Promise((resolve) => setTimeout(resolve, 200));
  const waiting = cluster!.sql('locked', 'INSERT INTO fine VALUES (4711)');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { server, health } = await postgresReport(cluster!.url('locked'));
  assert.equal(
    server!.waits.map(({ text, lock, blockedBy }) => [text, lock, blockedBy.length]),
    [['INSERT INTO fine VALUES (?, ...)', 'RowExclusiveLock on fine', 1]],
  );
  assert.ok(health.parts.find(({ name }) => name === 'locks')!.score! < 0.01);
  await Promise.all([holding, waiting]);
});

withServer(
  'a user who may see little gets a report of that, and a server that is away is told without the password',
  async () => {
    await cluster!.sql('fines', 'CREATE ROLE guest LOGIN');
    const { notes, queries } = await postgresReport(cluster!.url('fines', 'guest'));
    assert.equal(queries, []);
    assert.match(notes.join('\n'), /pg_monitor/);
    assert.match(notes.join('\n'), /of other users are hidden: GRANT pg_read_all_stats/);
    try {
      await postgresReport('postgres://ana:hunter2@127.0.0.1:1/shop');
      assert.unreachable();
    } catch (error) {
      assert.match(
        (error as Error).message,
        /^the database postgres:\/\/ana@127\.0\.0\.1:1\/shop cannot be used: .*ECONNREFUSED.*: start the server, or correct host and port$/,
      );
    }
  },
);

test.run();
