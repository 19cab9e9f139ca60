import pg from 'pg';
import type { WorkloadStatement } from '../../src/database/advisor/workload.js';
import { connectedAdvice } from '../../src/database/postgres/postgres-advise.js';
import { withPostgres } from '../../src/database/postgres/postgres-database.js';
import { Cluster, serverPrograms } from '../../test/database/postgres/cluster.js';
import { median, round } from '../harness/statistics.js';
import { heuristicIndexes } from './heuristic-indexes.js';
import { violations } from './violations.js';

/** A set of indexes on a server and what the workload takes with it. */
export interface PostgresRow {
  readonly indexes: string;
  readonly number: number;
  readonly totalMs: number;
  readonly spread: number;
  readonly indexMiB: number;
  readonly unused: number;
  readonly adviceS: number | null;
}

interface Proposal {
  readonly indexes: string;
  readonly sql: readonly string[];
  readonly adviceS: number | null;
}

const NAME = 'edge-optimizer bench';
const ORIGINAL = 'original';

/** ms that a statement is run again and again, and how often at most. */
const STATEMENT_MS = 300;
const MOST_RUNS = 50;

/**
 * The violations database on a server of its own, under no indexes, ours, and those that heuristics propose.
 *
 * @param rows infractions
 * @returns a text where there is no server here: why
 */
export async function postgresRows(rows: number, rounds: number): Promise<PostgresRow[] | string> {
  if (serverPrograms() === null) return 'no server of PostgreSQL is installed';
  const cluster = await Cluster.start('shared_buffers=512MB', 'max_wal_size=4GB', 'jit=off');
  await cluster.sql('postgres', `CREATE DATABASE ${ORIGINAL}`);
  await cluster.sql(ORIGINAL, tables(rows), 'VACUUM ANALYZE');
  const workload = violations.workload;
  const proposals: Proposal[] = [
    { indexes: 'none', sql: [], adviceS: null },
    await proposal('ours', cluster, workload),
  ];
  if (await installed(cluster)) proposals.push(await proposal('ours, hypopg', cluster, workload));
  proposals.push({ indexes: "pghero's kind", sql: await heuristics(cluster, workload), adviceS: null });
  const contenders: PostgresContender[] = [];
  for (const { sql } of proposals)
    contenders.push(await PostgresContender.made(cluster, `set_${contenders.length}`, sql));
  const totals = proposals.map((): number[] => []);
  for (let turn = 0; turn < rounds; turn += 1)
    for (const [at, contender] of contenders.entries()) totals[at]!.push(await contender.run(workload));
  const made: PostgresRow[] = [];
  for (const [at, { indexes, sql, adviceS }] of proposals.entries()) {
    const contender = contenders[at]!;
    const all = totals[at]!;
    made.push({
      indexes,
      number: sql.length,
      totalMs: round(median(all)),
      spread: round((Math.max(...all) - Math.min(...all)) / median(all)),
      indexMiB: round((await contender.indexBytes()) / 2 ** 20),
      unused: await contender.unused(workload),
      adviceS,
    });
    await contender.close();
  }
  return made;
}

async function proposal(indexes: string, cluster: Cluster, workload: readonly WorkloadStatement[]): Promise<Proposal> {
  const beganAt = performance.now();
  const { advice } = await withPostgres(cluster.url(ORIGINAL), { applicationName: NAME }, (database) =>
    connectedAdvice(database, { workload }),
  );
  const adviceS = round((performance.now() - beganAt) / 1000);
  return { indexes, sql: advice.create.map(({ sql }) => sql.replace(' CONCURRENTLY', '')), adviceS };
}

const heuristics = (cluster: Cluster, workload: readonly WorkloadStatement[]): Promise<string[]> =>
  withPostgres(cluster.url(ORIGINAL), { applicationName: NAME }, (database) => heuristicIndexes(database, workload));

async function installed(cluster: Cluster): Promise<boolean> {
  const rows = await cluster.sql(ORIGINAL, "SELECT 1 FROM pg_available_extensions WHERE name = 'hypopg'");
  if (rows.length > 0) await cluster.sql(ORIGINAL, 'CREATE EXTENSION hypopg');
  return rows.length > 0;
}

/** A copy of the database with some indexes. */
class PostgresContender {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async made(cluster: Cluster, name: string, indexes: readonly string[]): Promise<PostgresContender> {
    await cluster.sql('postgres', `CREATE DATABASE ${name} TEMPLATE ${ORIGINAL}`);
    const client = new pg.Client(cluster.url(name));
    await client.connect();
    for (const index of indexes) await client.query(index);
    await client.query('VACUUM ANALYZE');
    return new PostgresContender(client);
  }

  /** Milliseconds of the workload: of each statement the best of some runs, as often as it comes. */
  async run(workload: readonly WorkloadStatement[]): Promise<number> {
    let total = 0;
    for (const { sql, count } of workload) total += (await this.#best(sql)) * count;
    return total;
  }

  async #best(sql: string): Promise<number> {
    const end = performance.now() + STATEMENT_MS;
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < MOST_RUNS && (run === 0 || performance.now() < end); run += 1) {
      await this.#client.query('BEGIN');
      const start = performance.now();
      await this.#client.query({ text: sql, rowMode: 'array' });
      best = Math.min(best, performance.now() - start);
      await this.#client.query('ROLLBACK');
    }
    return best;
  }

  /** Of those that are no key's. */
  async indexBytes(): Promise<number> {
    const { rows } = await this.#client.query<{ bytes: number }>(
      `SELECT coalesce(sum(pg_relation_size(indexrelid)), 0)::float8 AS bytes FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid) WHERE NOT indisprimary`,
    );
    return rows[0]!.bytes;
  }

  /** Indexes that no statement of the workload is planned with. */
  async unused(workload: readonly WorkloadStatement[]): Promise<number> {
    const plans: string[] = [];
    for (const { sql } of workload) {
      const { rows } = await this.#client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${sql}`);
      plans.push(JSON.stringify(rows));
    }
    const { rows } = await this.#client.query<{ name: string }>(
      'SELECT indexrelname AS name FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid) WHERE NOT indisprimary',
    );
    return rows.filter(({ name }) => !plans.some((plan) => plan.includes(JSON.stringify(name)))).length;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}

/** As `violations`, drawn by a hash of the row's number: a server fills a million rows itself in seconds. */
const tables = (rows: number): string => `
  CREATE FUNCTION drawn(line int, salt int, below int) RETURNS int LANGUAGE sql IMMUTABLE AS
    'SELECT ((hashint4(line * 31 + salt)::bigint & 2147483647) % below)::int';
  CREATE TABLE device (id int PRIMARY KEY, location text, city text, serial text, status text);
  CREATE TABLE vehicle (id int PRIMARY KEY, plate text, class text, owner_id int);
  CREATE TABLE infraction (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, vehicle_id int, device_id int, location text, kind text,
    speed float8, occurred_at text, status text, reviewed int, evidence text, amount float8);
  CREATE TABLE payment (id int PRIMARY KEY, infraction_id int, paid_at text, amount float8, method text);
  INSERT INTO device SELECT i, 'loc' || i % 200, 'city' || i % 12, 'SN' || i, CASE WHEN drawn(i, 1, 20) > 0 THEN 'online' ELSE 'offline' END
    FROM generate_series(1, 600) i;
  INSERT INTO vehicle SELECT i, 'P' || to_hex(i), (ARRAY['car', 'truck', 'bus', 'motorcycle'])[drawn(i, 2, 4) + 1], drawn(i, 3, ${Math.ceil(rows * 0.15)})
    FROM generate_series(1, ${Math.ceil(rows * 0.15)}) i;
  INSERT INTO infraction SELECT i, drawn(i, 4, ${Math.ceil(rows * 0.15)}) + 1, at, 'loc' || at % 200,
    (ARRAY['speed', 'red', 'lane', 'stop'])[drawn(i, 5, 4) + 1], 40 + drawn(i, 6, 100),
    to_char(timestamp '2025-01-01' + i::float8 / ${rows} * interval '365 days', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    CASE WHEN new THEN 'new' ELSE (ARRAY['confirmed', 'rejected', 'paid'])[drawn(i, 7, 3) + 1] END, CASE WHEN new THEN 0 ELSE 1 END,
    repeat('x', 60), drawn(i, 8, 300)
    FROM (SELECT i, floor(600 * power(drawn(i, 9, 1000000) / 1e6, 3))::int + 1 AS at, drawn(i, 10, 50) = 0 AS new FROM generate_series(1, ${rows}) i) drawn;
  INSERT INTO payment SELECT i, drawn(i, 11, ${rows}) + 1,
    to_char(timestamp '2025-01-01' + i::float8 / ${Math.floor(rows * 0.3)} * interval '365 days', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    drawn(i, 12, 300), (ARRAY['card', 'cash'])[drawn(i, 13, 2) + 1] FROM generate_series(1, ${Math.floor(rows * 0.3)}) i;
  SELECT setval('infraction_id_seq', ${rows})`;
