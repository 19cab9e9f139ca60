import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OptimizationStep } from '../../../src/database/advisor/optimization-step.js';
import type { WorkloadStatement } from '../../../src/database/advisor/workload.js';
import { advisePostgres } from '../../../src/database/postgres/postgres-advise.js';
import { optimizePostgres, type PostgresOptimizeOptions } from '../../../src/database/postgres/postgres-optimize.js';
import { edgeOptimizer } from '../../cli/command-line.js';
import { has, needs } from '../../optional.js';
import { Cluster } from './cluster.js';

const withServer = needs('postgres', test);
const cluster = has('postgres') ? await Cluster.start() : null;

const TABLES = `
  CREATE TABLE fine (id int PRIMARY KEY, car int, note text);
  INSERT INTO fine SELECT i, i % 3000, repeat('x', 80) FROM generate_series(1, 20000) i`;
/** Advises and does it, as the command does. */
async function optimized(
  url: string,
  workload: readonly WorkloadStatement[],
  options: PostgresOptimizeOptions = {},
): Promise<OptimizationStep[]> {
  const { advice } = await advisePostgres(url, { workload });
  return optimizePostgres(url, advice, workload, options);
}

const WORKLOAD = [{ sql: 'SELECT count(*) FROM fine WHERE car = $1', count: 100 }];

async function fines(name: string, ...more: string[]): Promise<string> {
  await cluster!.sql('postgres', `CREATE DATABASE ${name}`);
  await cluster!.sql(name, TABLES, ...more);
  return cluster!.url(name);
}
const indexesOf = (name: string): Promise<unknown> =>
  cluster!
    .sql(
      name,
      "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'fine'::regclass AND NOT indisprimary",
    )
    .then((rows) => rows.map((row) => row.name));

withServer('an index that pays stays, statistics are made, and a second run has nothing to do', async () => {
  const url = await fines('kept');
  const steps = await optimized(url, WORKLOAD);
  assert.equal(
    steps.map(({ outcome, sql }) => [outcome, sql]),
    [
      ['done', 'ANALYZE "public"."fine"'],
      ['kept', 'CREATE INDEX CONCURRENTLY "ix_fine_car" ON "public"."fine" ("car")'],
    ],
  );
  assert.ok(steps[1]!.afterMs! < steps[1]!.beforeMs! / 2);
  assert.equal([await indexesOf('kept'), await optimized(url, WORKLOAD)], [['ix_fine_car'], []]);
});

withServer('what would be done is only said where that is wanted', async () => {
  const url = await fines('dry', 'ANALYZE');
  const steps = await optimized(url, WORKLOAD, { dryRun: true });
  assert.equal(
    steps.map(({ outcome }) => outcome),
    ['proposed'],
  );
  assert.match(steps[0]!.why, /^saves [\d.]+ ms of the workload, as reckoned by the planner on temporary tables/);
  assert.equal(await indexesOf('dry'), []);
});

withServer(
  'an INVALID index of a build that was cut off is named and dropped, one that keeps values unique is not',
  async () => {
    const url = await fines(
      'invalid',
      'ANALYZE',
      'CREATE INDEX broken ON fine (note); CREATE UNIQUE INDEX sole ON fine (id, note)',
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('broken'::regclass, 'sole'::regclass)",
    );
    const steps = await optimized(url, [{ sql: 'SELECT 1 FROM fine WHERE id = 5', count: 1 }]);
    assert.equal(
      steps.map(({ outcome, sql, why }) => [outcome, sql, why]),
      [
        [
          'done',
          'DROP INDEX CONCURRENTLY "public"."broken"',
          'its build was cut off: it is INVALID, kept up and of no use',
        ],
      ],
    );
    assert.equal(await indexesOf('invalid'), ['sole']);
  },
);

withServer('one that cannot be built leaves nothing, and the step says why', async () => {
  const url = await fines('refused', 'ANALYZE', 'CREATE ROLE reader LOGIN', 'GRANT SELECT ON fine TO reader');
  const steps = await optimized(url.replace('postgres@', 'reader@'), WORKLOAD);
  assert.equal(
    steps.map(({ outcome, why }) => [outcome, why]),
    [['failed', 'must be owner of table fine']],
  );
  assert.equal(await indexesOf('refused'), []);
});

withServer('a build that is interrupted is cancelled, and leaves nothing', async () => {
  const url = await fines('interrupted', 'ANALYZE');
  const { advice } = await advisePostgres(url, { workload: WORKLOAD });
  // a build waits for whoever began before it
  const open = cluster!.sql('interrupted', 'BEGIN; INSERT INTO fine VALUES (-1)', 'SELECT pg_sleep(1.5)');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 700);
  const steps = await optimizePostgres(url, advice, WORKLOAD, { signal: stop.signal });
  await open;
  assert.equal(
    steps.map(({ outcome, why }) => [outcome, why]),
    [['failed', 'it was interrupted']],
  );
  assert.equal(await indexesOf('interrupted'), []);
});

withServer('the command changes nothing unless it may, and tells no password', async () => {
  const url = (await fines('command', 'ANALYZE')).replace('postgres@', 'postgres:hunter2@');
  const refused = await edgeOptimizer(['db', 'optimize', url]);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /--yes: expected, as postgres:.* is going to be changed/);
  const advised = await edgeOptimizer(['db', 'advise', url, '--json']);
  assert.match(JSON.parse(advised.stdout).notes[0], /pg_stat_statements is not there/);
  const reported = await edgeOptimizer(['db', 'report', url]);
  assert.match(reported.stdout, /^postgres:.*command: .* health \d+ of 100/);
  const done = await edgeOptimizer(['db', 'optimize', url, '--yes', '--json']);
  assert.equal(JSON.parse(done.stdout).steps, []);
  for (const { stdout, stderr } of [refused, advised, reported, done]) assert.not.match(stdout + stderr, /hunter2/);
});

test.run();
