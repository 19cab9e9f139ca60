import { sum } from '../../../foundation/statistics.js';
import type { LockWait, ServerReport, TableSize, TableUpkeep } from '../../report/database-report.js';
import { queryFingerprint } from '../../sql/query-fingerprint.js';
import { idleIndexes } from './idle-indexes.js';
import { bytesWithoutWaiting, type PostgresCatalog } from './postgres-catalog.js';
import type { PostgresConnection, PostgresRow } from './postgres-connection.js';

/** Counters of one database (`pg_stat_database`) with what is compared with them. */
export interface DatabaseCounters extends PostgresRow {
  readonly version: string;
  readonly bytes: number;
  readonly transactions: number;
  readonly deadlocks: number;
  readonly conflicts: number;
  readonly temporaryFiles: number;
  readonly temporaryBytes: number;
  /** Pages whose checksum was wrong; null where checksums are off. */
  readonly damaged: number | null;
  readonly sessions: number;
  readonly walMost: number;
}

/** A table as the server accounts for it (`pg_stat_user_tables`, `pg_statio_user_tables`). */
export interface TableCounters extends PostgresRow {
  readonly name: string;
  readonly rows: number;
  readonly dead: number;
  readonly scans: number;
  readonly indexScans: number;
  readonly bytes: number;
  readonly indexBytes: number;
  readonly heapHit: number;
  readonly heapRead: number;
  readonly indexHit: number;
  readonly indexRead: number;
  readonly lastVacuum: string | null;
  readonly lastAnalyze: string | null;
  /** The planner has statistics of it. */
  readonly analyzed: boolean;
}

/** What a server was asked of itself. */
export interface ServerReadings {
  readonly report: ServerReport;
  readonly database: DatabaseCounters;
  readonly counters: readonly TableCounters[];
  readonly tables: readonly TableSize[];
  readonly notes: readonly string[];
}

/** Reads the server's own views, of the database that it is connected with. */
export async function readServer(connection: PostgresConnection, catalog: PostgresCatalog): Promise<ServerReadings> {
  const notes: string[] = [];
  const waits = await readWaits(connection);
  const database = await readDatabase(connection);
  const counters = await connection.rows<TableCounters>(TABLES);
  const report: ServerReport = {
    version: database.version,
    tableCacheHitRatio: pageHitRatio(counters, ({ heapHit, heapRead }) => [heapHit, heapRead]),
    indexCacheHitRatio: pageHitRatio(counters, ({ indexHit, indexRead }) => [indexHit, indexRead]),
    deadlocks: database.deadlocks,
    conflicts: database.conflicts,
    temporaryFiles: database.temporaryFiles,
    temporaryBytes: database.temporaryBytes,
    walBytes: await walBytes(connection, notes),
    waits,
    upkeep: upkeepOf(counters),
    idleIndexes: idleIndexes(catalog),
  };
  return { report, database, counters, tables: sizesOf(counters, catalog), notes };
}

async function readDatabase(connection: PostgresConnection): Promise<DatabaseCounters> {
  const rows = await connection.rows<DatabaseCounters>(`
    SELECT current_setting('server_version') AS version, pg_database_size(d.datid)::float8 AS bytes,
      (xact_commit + xact_rollback)::float8 AS transactions, deadlocks::float8, conflicts::float8,
      temp_files::float8 AS "temporaryFiles", temp_bytes::float8 AS "temporaryBytes", checksum_failures::float8 AS damaged,
      (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datname = d.datname AND a.state <> 'idle') AS sessions,
      (SELECT setting::float8 * 1048576 FROM pg_settings WHERE name = 'max_wal_size') AS "walMost"
    FROM pg_stat_database d WHERE datname = current_database()`);
  return rows[0]!;
}

const TABLES = `
  SELECT CASE WHEN pg_table_is_visible(s.relid) THEN s.relname ELSE s.schemaname || '.' || s.relname END AS name,
    n_live_tup::float8 AS rows, n_dead_tup::float8 AS dead, coalesce(seq_scan, 0)::float8 AS scans,
    coalesce(idx_scan, 0)::float8 AS "indexScans", ${bytesWithoutWaiting('pg_table_size', 's.relid', 'c.relpages')} AS bytes,
    ${bytesWithoutWaiting('pg_indexes_size', 's.relid', '(SELECT sum(x.relpages) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = s.relid)')} AS "indexBytes",
    coalesce(heap_blks_hit, 0)::float8 AS "heapHit", coalesce(heap_blks_read, 0)::float8 AS "heapRead",
    coalesce(idx_blks_hit, 0)::float8 AS "indexHit", coalesce(idx_blks_read, 0)::float8 AS "indexRead",
    to_char(greatest(last_vacuum, last_autovacuum) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "lastVacuum",
    to_char(greatest(last_analyze, last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "lastAnalyze",
    EXISTS (SELECT 1 FROM pg_stats t WHERE t.schemaname = s.schemaname AND t.tablename = s.relname)
      OR greatest(last_analyze, last_autoanalyze) IS NOT NULL AS analyzed
  FROM pg_stat_user_tables s JOIN pg_statio_user_tables io USING (relid)
  JOIN pg_class c ON c.oid = s.relid WHERE c.relpersistence <> 't'`;

/** Of the pages that were wanted of tables, those that the server had in memory; null where none was. */
export function pageHitRatio(
  counters: readonly TableCounters[],
  pagesOf: (table: TableCounters) => readonly [hit: number, read: number],
): number | null {
  const pages = counters.map(pagesOf);
  const hit = sum(pages.map(([inMemory]) => inMemory));
  const read = sum(pages.map(([, fromMedium]) => fromMedium));
  return hit + read === 0 ? null : hit / (hit + read);
}

async function walBytes(connection: PostgresConnection, notes: string[]): Promise<number | null> {
  try {
    const rows = await connection.rows<PostgresRow & { bytes: number }>(
      'SELECT coalesce(sum(size), 0)::float8 AS bytes FROM pg_ls_waldir()',
    );
    return rows[0]!.bytes;
  } catch {
    notes.push('how large the write-ahead log is only members of pg_monitor may see: GRANT pg_monitor TO this user');
    return null;
  }
}

async function readWaits(connection: PostgresConnection): Promise<LockWait[]> {
  const rows = await connection.rows<PostgresRow & LockWait & { query: string | null; ms: number | null }>(`
    SELECT a.pid, (extract(epoch FROM clock_timestamp() - a.query_start) * 1000)::float8 AS ms, a.query,
      l.mode || coalesce(' on ' || l.relation::regclass::text, '') AS lock, to_json(pg_blocking_pids(a.pid)) AS "blockedBy"
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND a.datname = current_database() ORDER BY a.query_start`);
  return rows.map(({ pid, ms, query, lock, blockedBy }) => ({
    pid,
    ms: Math.round(ms ?? 0),
    text: queryFingerprint(query ?? '').text,
    lock,
    blockedBy,
  }));
}

function upkeepOf(counters: readonly TableCounters[]): TableUpkeep[] {
  return counters
    .map(({ name, rows, dead, lastVacuum, lastAnalyze }) => ({
      table: name,
      deadRows: dead,
      deadShare: rows + dead === 0 ? 0 : dead / (rows + dead),
      lastVacuum,
      lastAnalyze,
    }))
    .sort((a, b) => b.deadRows - a.deadRows);
}

/** The largest first. */
function sizesOf(counters: readonly TableCounters[], catalog: PostgresCatalog): TableSize[] {
  return counters
    .map(({ name, rows, bytes, indexBytes }) => ({
      name,
      // what was counted when the table was analyzed is nearer than what was guessed since; a table that never was has that alone
      rows: Math.round((catalog.table(name)?.rows ?? 0) > 0 ? catalog.table(name)!.rows : rows),
      bytes,
      indexBytes,
    }))
    .sort((a, b) => b.bytes + b.indexBytes - a.bytes - a.indexBytes);
}
