import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adviseServerIndexes, getPerformanceReport } from '../../../src/database/library.js';
import { advisePostgres } from '../../../src/database/postgres/postgres-advise.js';
import { has, needs } from '../../optional.js';
import { Cluster } from './cluster.js';

const withServer = needs('postgres', test);
const withHypopg = needs('hypopg', test);
const cluster = has('postgres') ? await Cluster.start() : null;

const TABLES = `
  CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
  CREATE TABLE car (id int PRIMARY KEY, plate text);
  CREATE TABLE fine (id int PRIMARY KEY, car int, amount float8, at timestamptz, paid boolean, note text);
  INSERT INTO car SELECT i, 'P' || i FROM generate_series(1, 3000) i;
  INSERT INTO fine SELECT i, i % 3000, i, '2026-01-01'::timestamptz + i * interval '1 minute', i % 50 <> 0, repeat('x', 80)
    FROM generate_series(1, 20000) i;`;

async function fines(name: string, ...more: string[]): Promise<string> {
  await cluster!.sql('postgres', `CREATE DATABASE ${name}`);
  await cluster!.sql(name, TABLES, 'VACUUM ANALYZE', ...more);
  return cluster!.url(name);
}

const WORKLOAD = [
  { sql: 'SELECT count(*) FROM fine WHERE car = $1', count: 100 },
  { sql: 'SELECT id, amount FROM public.fine WHERE NOT paid ORDER BY at LIMIT 10', count: 50 },
  { sql: 'INSERT INTO fine (id, car) VALUES ($1, $2)', count: 10 },
];
const relations = async (name: string): Promise<unknown> =>
  (
    await cluster!.sql(
      name,
      "SELECT json_agg(relname ORDER BY relname) AS names FROM pg_class WHERE relkind IN ('r', 'i') AND oid >= 16384",
    )
  )[0]!.names;

for (const [what, database, extension, register] of [
  ['hypothetical indexes', 'hypothetical', 'CREATE EXTENSION hypopg', withHypopg],
  ['temporary tables of a part of the rows', 'sampled', 'SELECT 1', withServer],
] as const) {
  register(`${what} find what the planner would take, and nothing of them stays`, async () => {
    const url = await fines(database, extension);
    const before = await relations(database);
    const { advice } = await advisePostgres(url, { workload: WORKLOAD });
    const statements = advice.create.map(({ sql }) => sql).sort();
    assert.is(statements.length, 2);
    assert.match(
      statements[0]!,
      /^CREATE INDEX CONCURRENTLY "ix_fine_at_\w+" ON "public"\."fine" \("at"\) WHERE NOT "paid"$/,
    );
    assert.match(statements[1]!, /^CREATE INDEX CONCURRENTLY "ix_fine_car" ON "public"\."fine" \("car"\)$/);
    assert.ok(advice.afterMs < advice.beforeMs / 5);
    const byCar = advice.create.find(({ name }) => name === 'ix_fine_car')!;
    assert.match(byCar.statements[0]!.plan.join('\n'), /using ix_fine_car/);
    assert.ok(byCar.bytes > 50_000 && byCar.bytes < 2_000_000);
    assert.equal([advice.unread, await relations(database)], [[], before]);
  });
}

withServer('what the server has counted is the workload: calls and times', async () => {
  const url = await fines(
    'counted',
    'SELECT pg_stat_statements_reset()',
    ...Array(20).fill('SELECT count(*) FROM fine WHERE car = 17'),
    "SELECT date_trunc('hour', at) FROM fine WHERE at > now() - interval '1 day' GROUP BY date_trunc('hour', at) ORDER BY 1",
  );
  const { advice, workload } = await advisePostgres(url);
  assert.equal(
    workload.map(({ count }) => count).sort((a, b) => b - a),
    [20, 1],
  );
  assert.ok(advice.create.some(({ name }) => name === 'ix_fine_car'));
  assert.equal(advice.unread, []);
});

withServer('where nobody counts the foreign keys are looked after', async () => {
  await cluster!.sql('postgres', 'CREATE DATABASE keys');
  await cluster!.sql(
    'keys',
    `CREATE TABLE car (a int, b int, PRIMARY KEY (a, b)); INSERT INTO car SELECT i, i FROM generate_series(1, 5000) i;
     CREATE TABLE fine (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES car (a, b));
     INSERT INTO fine SELECT i, i % 5000 + 1, i % 5000 + 1 FROM generate_series(1, 20000) i; ANALYZE`,
  );
  const { advice, from, notes } = await advisePostgres(cluster!.url('keys'));
  assert.equal(
    [from, advice.create.map(({ sql }) => sql.replace(/^.* ON /, ''))],
    ['its foreign keys', ['"public"."fine" ("x", "y")']],
  );
  assert.match(notes[0]!, /pg_stat_statements is not there/);
});

withServer('a table that may not be read is left out, and a user who may try nothing is told how', async () => {
  const url = await fines('narrow', 'CREATE ROLE narrow LOGIN', 'GRANT SELECT ON fine TO narrow');
  const asked = { workload: [WORKLOAD[0]!, { sql: "SELECT 1 FROM car WHERE plate = 'P5'", count: 1000 }] };
  const narrow = url.replace('postgres@', 'narrow@');
  const { advice } = await advisePostgres(narrow, asked);
  assert.equal(
    [advice.create.map(({ name }) => name), advice.unread.map(({ why }) => why)],
    [['ix_fine_car'], ['permission denied for table car']],
  );
  await cluster!.sql('narrow', 'REVOKE TEMPORARY ON DATABASE narrow FROM public');
  try {
    await advisePostgres(narrow, asked);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /may make no temporary tables there: install hypopg/);
  }
});

withServer('programs ask for the same by the library', async () => {
  const url = await fines('library');
  const { kind } = await getPerformanceReport(url);
  const { create } = await adviseServerIndexes(url, [WORKLOAD[0]!]);
  assert.equal([kind, create.map(({ name }) => name)], ['postgres', ['ix_fine_car']]);
});

withServer('an index that costs its writes more than it saves is not proposed', async () => {
  const url = await fines('written');
  const { advice } = await advisePostgres(url, {
    workload: [
      { sql: 'SELECT count(amount) FROM fine WHERE car = $1', count: 1 },
      { sql: 'INSERT INTO fine (id, car) VALUES ($1, $2)', count: 100_000 },
    ],
  });
  assert.equal(advice.create, []);
});

withServer('of two indexes that begin alike the one that is read stays, and the invalid one is named', async () => {
  const url = await fines(
    'idle',
    'CREATE INDEX fine_car ON fine (car); CREATE INDEX fine_car_at ON fine (car, at); CREATE UNIQUE INDEX fine_note ON fine (id, note)',
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'fine_car_at'::regclass",
    'CREATE INDEX fine_amount ON fine (amount)',
  );
  const { advice } = await advisePostgres(url, { workload: [WORKLOAD[0]!] });
  assert.equal(advice.drop.map(({ name, why }) => [name, why]).sort(), [
    ['fine_amount', 'unused'],
    ['fine_car_at', 'invalid'],
  ]);
});

withServer('tables of other schemas, odd names and statements that cannot be planned do no harm', async () => {
  const url = await fines(
    'odd',
    `CREATE SCHEMA "Old stock"; CREATE TABLE "Old stock"."Fine ""x""" ("Car" int, "select" text);
     INSERT INTO "Old stock"."Fine ""x""" SELECT i, 'a' || i FROM generate_series(1, 20000) i; ANALYZE`,
  );
  const { advice } = await advisePostgres(url, {
    workload: [
      { sql: 'SELECT "select" FROM "Old stock"."Fine ""x""" WHERE "Car" = $1 AND $1 IS NOT NULL', count: 10 },
      { sql: 'SELECT nothing FROM fine', count: 1 },
      { sql: 'SELECT FROM WHERE', count: 1 },
      { sql: 'VACUUM', count: 1 },
    ],
  });
  assert.equal(
    advice.create.map(({ sql }) => sql),
    ['CREATE INDEX CONCURRENTLY "ix_Old_stock_Fine_x_Car" ON "Old stock"."Fine ""x""" ("Car")'],
  );
  assert.equal(
    advice.unread.map(({ why }) => why),
    ['syntax error at or near "WHERE"', 'it neither reads nor changes rows', 'column "nothing" does not exist'],
  );
});

test.run();
