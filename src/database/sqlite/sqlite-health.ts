import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { sum } from '../../foundation/statistics.js';
import { measureFsync } from '../../store/fsync-latency.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { HealthReadings } from '../health/health.js';
import type { QueryStatistics } from '../monitor/query-record.js';

/** Bytes up to which a file is read whole to see whether it is; larger ones only where that is asked for. */
const CHECKED_BYTES = 512 * 2 ** 20;

export interface SqliteHealthOptions {
  /** What was asked of it, with plans; none: nothing is known of queries. */
  readonly queries?: readonly QueryStatistics[];
  /** Also of a file of more than 512 MiB. */
  readonly checkAll?: boolean;
}

/**
 * What can be measured of a database file, which is only read; beside it a probe of a few kilobytes is written and removed, to see how long
 * the medium takes. SQLite does not tell through this driver how many pages it found in memory: that is null.
 */
export async function sqliteReadings(
  sqlite: SqliteConnection,
  file: string,
  { queries, checkAll = false }: SqliteHealthOptions,
): Promise<HealthReadings> {
  return {
    ...fileReadings(sqlite, file),
    ...workReadings(queries ?? []),
    integrity: statSync(file).size <= CHECKED_BYTES || checkAll ? integrityProblems(sqlite) : null,
    fsyncMs: (await measureFsync(dirname(file)))?.medianMs ?? null,
  };
}

/** What was asked of it tells; null where nothing was. */
export function workReadings(
  queries: readonly QueryStatistics[],
): Pick<HealthReadings, 'indexHitRatio' | 'averageQueryMs' | 'slowShare' | 'lockedShare'> {
  const calls = sum(queries.map((query) => query.calls));
  const perCall = (of: (query: QueryStatistics) => number): number | null =>
    calls === 0 ? null : sum(queries.map(of)) / calls;
  return {
    indexHitRatio: indexHits(queries),
    averageQueryMs: perCall(({ totalMs }) => totalMs),
    slowShare: perCall(({ slow }) => slow),
    lockedShare: perCall(({ locked }) => locked),
  };
}

/** What the file tells at once, without being read whole; the rest is null. */
export function fileReadings(sqlite: SqliteConnection, file: string): HealthReadings {
  const number = (pragma: string): number => sqlite.pragma(pragma, { simple: true }) as number;
  const { bfree, bavail, blocks } = statfsSync(dirname(file));
  return {
    integrity: null,
    indexHitRatio: null,
    cacheHitRatio: null,
    averageQueryMs: null,
    slowShare: null,
    fragmentation: number('freelist_count') / Math.max(1, number('page_count')),
    walShare: (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) / Math.max(1, statSync(file).size),
    lockedShare: null,
    fsyncMs: null,
    // what the file system keeps for root is of no use to a database of anybody else
    freeShare: blocks === 0 ? null : bavail / (blocks - bfree + bavail),
    hasStatistics:
      sqlite.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined &&
      sqlite.prepare('SELECT 1 FROM sqlite_stat1').get() !== undefined,
  };
}

function integrityProblems(sqlite: SqliteConnection): string[] {
  const rows = sqlite.pragma('quick_check(10)') as { quick_check: string }[];
  return rows.map(({ quick_check: problem }) => problem).filter((problem) => problem !== 'ok');
}

/** Of the calls whose plan is known and that look for rows, those that search by an index or a key. */
function indexHits(queries: readonly QueryStatistics[]): number | null {
  let found = 0;
  let all = 0;
  for (const { plan, calls } of queries) {
    if (plan === null || !plan.some((step) => /^\s*(SCAN|SEARCH) /.test(step))) continue;
    all += calls;
    if (!plan.some((step) => /^\s*SCAN (?!CONSTANT)/.test(step) && !/USING (COVERING )?INDEX|VIRTUAL TABLE/.test(step)))
      found += calls;
  }
  return all === 0 ? null : found / all;
}
