import type { PostgresConnection } from '../../../database/postgres/server/postgres-connection.js';
import { IDS_PER_MS } from '../fleet-retention.js';
import { PARTED_TABLES } from './fleet-schema.js';

/** How tables lie in parts: made by this program, or by TimescaleDB. */
export type PartsKind = 'partitions' | 'hypertables';

const DAY_MS = 86_400_000;
/** Rows of other times, of clocks that nobody should make parts for, are in one part, and go by the row. */
const OTHERS = 'others';
/** Rows that are deleted one by one, of a part at a time. */
const MOST_DELETED = 5000;

/** The part of a time. @param at Unix ms @returns from 0 in 1970 on */
const partAt = (table: string, at: number): number => Math.floor(at / (PARTED_TABLES[table]!.days * DAY_MS));

const partMs = (table: string, part: number): number => part * PARTED_TABLES[table]!.days * DAY_MS;

/** What a statement of the schema says of parts. */
export function schemaFor(kind: PartsKind, sql: string): string {
  return sql.replace(/\{parts:(\w+)\}/g, kind === 'partitions' ? 'PARTITION BY RANGE ($1)' : '');
}

/** Makes tables ones in parts, behind the schema. */
export async function layOutParts(connection: PostgresConnection, kind: PartsKind): Promise<void> {
  for (const [table, { by, days }] of Object.entries(PARTED_TABLES)) {
    if (kind === 'partitions')
      await connection.run(`CREATE TABLE fleet.${table}_${OTHERS} PARTITION OF fleet.${table} DEFAULT`);
    else
      await connection.rows('SELECT create_hypertable($1::regclass, $2::name, chunk_time_interval => $3::bigint)', [
        `fleet.${table}`,
        by,
        days * DAY_MS,
      ]);
  }
}

/** Parts of the tables by time. TimescaleDB makes its own; those of PostgreSQL are made before the first row of each. */
export class TimeParts {
  readonly kind: PartsKind;
  /** By table, where partitions are made here; null: to be asked. */
  #known: Map<string, Set<number>> | null = null;

  constructor(kind: PartsKind) {
    this.kind = kind;
  }

  /** What was made may have been taken back. */
  forgetKnown(): void {
    this.#known = null;
  }

  /**
   * Sees to it that there is a part for each of some times, within a transaction. Those that lie beyond what is kept, or more than a part
   * ahead, get none.
   *
   * @param times Unix ms @param now Unix ms @param keptDays of the table
   */
  async make(
    connection: PostgresConnection,
    table: string,
    times: Iterable<number>,
    now: number,
    keptDays: number,
  ): Promise<void> {
    if (this.kind !== 'partitions') return;
    const known = await this.#parts(connection, table);
    const [first, last] = [partAt(table, now - keptDays * DAY_MS), partAt(table, now) + 1];
    for (const at of times) {
      const part = partAt(table, at);
      if (part < first || part > last || known.has(part)) continue;
      await makePart(connection, table, part);
      known.add(part);
    }
  }

  /**
   * Drops parts of which every row arrived too long ago, within a transaction; of others, and of rows that have no part of their
   * own, some rows go.
   *
   * @param before Unix ms
   */
  async drop(connection: PostgresConnection, table: string, before: number): Promise<void> {
    const isOurs = this.kind === 'partitions';
    const old = isOurs
      ? await this.#oldPartitions(connection, table, before)
      : await oldChunks(connection, table, before);
    for (const { name, from, to } of old) {
      // what was told late lies in an old part and is new all the same
      const [newer] = await connection.rows(`SELECT 1 FROM ${name} WHERE id >= $1 LIMIT 1`, [before * IDS_PER_MS]);
      if (newer !== undefined) await deleteSome(connection, name, before);
      else if (isOurs) await connection.run(`DROP TABLE ${name}`);
      else
        await connection.rows('SELECT drop_chunks($1::regclass, older_than => $2::bigint, newer_than => $3::bigint)', [
          `fleet.${table}`,
          to,
          from,
        ]);
      if (newer === undefined) this.#known?.get(table)?.delete(partAt(table, from));
    }
    if (isOurs) await deleteSome(connection, `fleet.${table}_${OTHERS}`, before);
  }

  async #oldPartitions(connection: PostgresConnection, table: string, before: number): Promise<Part[]> {
    const parts = [...(await this.#parts(connection, table))].sort((a, b) => a - b);
    return parts
      .filter((part) => partMs(table, part + 1) <= before)
      .map((part) => ({ name: `fleet.${table}_${part}`, from: partMs(table, part), to: partMs(table, part + 1) }));
  }

  async #parts(connection: PostgresConnection, table: string): Promise<Set<number>> {
    if (this.#known === null) {
      const rows = await connection.rows<{ parent: string; name: string }>(
        `SELECT parent.relname AS parent, child.relname AS name FROM pg_inherits
           JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
           WHERE parent.relnamespace = 'fleet'::regnamespace AND parent.relkind = 'p'`,
      );
      const known = new Map(Object.keys(PARTED_TABLES).map((one) => [one, new Set<number>()]));
      for (const { parent, name } of rows) {
        const part = name.slice(parent.length + 1);
        if (/^\d+$/.test(part)) known.get(parent)?.add(Number(part));
      }
      this.#known = known;
    }
    return this.#known.get(table)!;
  }
}

/**
 * Tells the indexes by arrival of what came since: what they have not heard of is read for every question, and a server tells them by itself once a
 * fifth of a part is new. One collector does; what takes too long goes on the next time.
 */
export async function summarizeArrivals(connection: PostgresConnection): Promise<void> {
  await connection.run("SET LOCAL statement_timeout = '2s'");
  await connection.run(
    `SELECT brin_summarize_new_values(pg_class.oid) FROM pg_class JOIN pg_am ON pg_am.oid = relam AND amname = 'brin'
       WHERE relnamespace = 'fleet'::regnamespace AND relkind = 'i'
         AND (SELECT pg_try_advisory_xact_lock(hashtext('edge-optimizer arrivals'), 0))`,
  );
}

interface Part {
  readonly name: string;
  /** Of its rows, `to` not included. */
  readonly from: number;
  readonly to: number;
}

/** Rows of a part that arrived too long ago. */
async function deleteSome(connection: PostgresConnection, part: string, before: number): Promise<void> {
  await connection.rows(
    `DELETE FROM ${part} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${part} WHERE id < $1 LIMIT ${MOST_DELETED}))`,
    [before * IDS_PER_MS],
  );
}

/** With what came of its time before there was one. */
async function makePart(connection: PostgresConnection, table: string, part: number): Promise<void> {
  const name = `fleet.${table}_${part}`;
  const [from, to] = [partMs(table, part), partMs(table, part + 1)];
  const { by } = PARTED_TABLES[table]!;
  // another collector may make it just now
  await connection.rows('SELECT pg_advisory_xact_lock(hashtext($1), $2::int)', [`edge-optimizer ${table}`, part]);
  const [there] = await connection.rows('SELECT to_regclass($1) AS there', [name]);
  if (there!['there'] !== null) return;
  await connection.run(`CREATE TABLE ${name} (LIKE fleet.${table} INCLUDING ALL)`);
  await connection.run(
    `WITH moved AS (DELETE FROM fleet.${table}_${OTHERS} WHERE ${by} >= ${from} AND ${by} < ${to} RETURNING *)
       INSERT INTO ${name} SELECT * FROM moved`,
  );
  await connection.run(`ALTER TABLE fleet.${table} ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to})`);
}

async function oldChunks(connection: PostgresConnection, table: string, before: number): Promise<Part[]> {
  return connection.rows<Part & Readonly<Record<string, unknown>>>(
    `SELECT format('%I.%I', chunk_schema, chunk_name) AS name, range_start_integer AS "from", range_end_integer AS "to"
       FROM timescaledb_information.chunks
       WHERE hypertable_schema = 'fleet' AND hypertable_name = $1 AND range_end_integer <= $2 ORDER BY range_start_integer`,
    [table, before],
  );
}
