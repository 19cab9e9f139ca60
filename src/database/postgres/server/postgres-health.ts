import { sum } from '../../../foundation/statistics.js';
import type { HealthReadings, HealthRemedies } from '../../health/health.js';
import type { PostgresConnection, PostgresRow } from './postgres-connection.js';
import { SMALL_ROWS } from './postgres-plan.js';
import { pageHitRatio, type ServerReadings, type TableCounters } from './server-report.js';

/** What to do about a part on PostgreSQL. */
export const POSTGRES_REMEDIES: HealthRemedies = {
  integrity:
    'restore a backup that is whole, and look at the medium: pg_amcheck says which tables and indexes are damaged',
  'cache hits':
    'more shared_buffers (a quarter of the memory), or fewer pages read: indexes, and tables without dead rows',
  fragmentation:
    'VACUUM the tables of most dead rows, and let autovacuum come sooner (autovacuum_vacuum_scale_factor); look for transactions that never end',
  'write-ahead log':
    'look for a replication slot that nobody reads (pg_replication_slots), and for an archive_command that fails',
  locks:
    'shorter transactions, rows changed in the same order everywhere, a lock_timeout; the report names who waits for whom',
  statistics: 'ANALYZE, and leave autovacuum on: without it the planner guesses how many rows there are',
};

/** What was asked of a database, in sums. */
export interface AskedSums {
  readonly averageMs: number | null;
  readonly slowShare: number | null;
  readonly indexHitRatio: number | null;
}

/** What a server tells over a connection. How much room its file system has it does not. */
export async function postgresReadings(
  connection: PostgresConnection,
  { database, counters, report }: ServerReadings,
  { averageMs, slowShare, indexHitRatio }: AskedSums,
): Promise<HealthReadings> {
  const { damaged, transactions, deadlocks, conflicts, sessions, bytes, walMost } = database;
  const filled = counters.filter(({ rows }) => rows > 0);
  const waiting = new Set(report.waits.map(({ pid }) => pid)).size;
  return {
    integrity: damaged === null ? null : damaged === 0 ? [] : [`${damaged} pages with a wrong checksum`],
    // the counters also count what the server itself looks for, row by row, for foreign keys
    indexHitRatio: indexHitRatio ?? indexScanShare(counters),
    cacheHitRatio: pageHitRatio(counters, ({ heapHit, heapRead, indexHit, indexRead }) => [
      heapHit + indexHit,
      heapRead + indexRead,
    ]),
    averageQueryMs: averageMs,
    slowShare,
    fragmentation: filled.length === 0 ? null : deadShare(filled),
    // up to max_wal_size it is as large as it should be
    walShare: report.walBytes === null ? null : Math.max(0, report.walBytes - walMost) / Math.max(1, bytes),
    lockedShare: Math.max(waiting / Math.max(1, sessions), (deadlocks + conflicts) / Math.max(1, transactions)),
    fsyncMs: await fsyncMs(connection),
    freeShare: null,
    hasStatistics: filled.length === 0 ? null : filled.every(({ analyzed }) => analyzed),
  };
}

/** Of the scans of tables that are large enough, those by an index. */
function indexScanShare(counters: readonly TableCounters[]): number | null {
  const large = counters.filter(({ rows }) => rows >= SMALL_ROWS);
  const byIndex = sum(large.map(({ indexScans }) => indexScans));
  const all = byIndex + sum(large.map(({ scans }) => scans));
  return all === 0 ? null : byIndex / all;
}

function deadShare(counters: readonly TableCounters[]): number {
  const dead = sum(counters.map((table) => table.dead));
  return dead / (dead + sum(counters.map(({ rows }) => rows)));
}

/** Mean of the write-ahead log's, where the server times it (track_wal_io_timing), as 14 to 17 tell it. */
async function fsyncMs(connection: PostgresConnection): Promise<number | null> {
  if (connection.version < 140_000 || connection.version >= 180_000) return null;
  const rows = await connection.rows<PostgresRow & { syncs: number; ms: number }>(
    'SELECT wal_sync::float8 AS syncs, wal_sync_time::float8 AS ms FROM pg_stat_wal',
  );
  const { syncs, ms } = rows[0]!;
  return syncs === 0 || ms === 0 ? null : ms / syncs;
}
