/** What a program imports as `edge-inference-optimizer/tune`: changes as trials, with strategies of its own. Importing it starts nothing. */

import { basename } from 'node:path';
import type { Cache } from '../cache/cache.js';
import { WatchedDatabase } from '../database/sqlite/watched-database.js';
import { systemClock } from '../foundation/clock.js';
import type { SqliteConnection } from '../store/sqlite.js';
import { CacheStrategy } from './strategies/cache-strategy.js';
import { DatabaseStrategy } from './strategies/database-strategy.js';
import { MemoryTrials } from './trials/memory-trials.js';

export { type Log, silentLog } from '../foundation/log.js';
export { OptimizationEngine, type OptimizeSystemOptions } from './engine/optimization-engine.js';
export { OwnOptimization, type OwnOptimizationOptions } from './engine/own-optimization.js';
export type { OptimizationReport, StrategyReport, StrategyStatus } from './engine/report.js';
export type { KnobName } from './knobs.js';
export type { Optimization, OptimizationStrategy, ProposedChange, Score, Undo } from './optimization-strategy.js';
export type { GuardReadings } from './trials/guards.js';
export type { EndedTrial, TrialRecord, TrialVerdict } from './trials/trial.js';

/**
 * The strategy `cache` for a cache of the program: LRU, LFU, FIFO and TTL are simulated beside it at its budget and at larger ones, and
 * what would have found more is tried.
 *
 * @param maxBytes how far the budget of its memory may grow; default: not at all
 * @throws RangeError where the cache has no memory tier
 */
export function cacheStrategy(cache: Cache, maxBytes = 0): CacheStrategy {
  const configured = cache.memorySettings;
  if (configured === null) throw new RangeError('this cache has no memory tier that could be optimized');
  const memoryFreeBytes = () => process.availableMemory();
  return new CacheStrategy({ cache, configured, maxBytes, memoryFreeBytes, clock: systemClock });
}

/** How far the strategy of a database may go. */
export interface DatabaseStrategyOptions {
  /** Bytes of an index at most: other writers find the database locked while it is made; default 64 MiB. */
  readonly mostIndexBytes?: number;
  /** Bytes of the page cache of the connection at most; default: it stays as it is. */
  readonly mostCacheBytes?: number;
  /** Why nothing that costs much may be done now: a rush; null where it may. Default: always. */
  readonly obstacle?: () => string | null;
  /** ms that the database is watched before indexes are looked for; default ten minutes. */
  readonly firstAdviceAfterMs?: number;
}

/**
 * The strategy `database` for a SQLite file of the program: statistics for the planner, and indexes (`edge_auto_...`) that pay for
 * what is asked through the connection that is returned. Nothing that the file had is dropped. Which indexes were kept is in the
 * ledger of `OwnOptimization`: without a `file` they are dropped at the next start, and found anew.
 *
 * @param connection of better-sqlite3; it stays as it is, and what is asked through it itself is not counted
 * @throws RangeError where it has no file, or can only read
 */
export function databaseStrategy<C extends SqliteConnection>(
  connection: C,
  {
    mostIndexBytes = 64 * 2 ** 20,
    mostCacheBytes = 0,
    obstacle = () => null,
    firstAdviceAfterMs,
  }: DatabaseStrategyOptions = {},
): { readonly connection: C; readonly strategy: DatabaseStrategy } {
  if (connection.memory || connection.readonly) {
    throw new RangeError(
      `connection: expected one that writes a file, got ${connection.memory ? 'one in memory' : 'one that only reads'}`,
    );
  }
  const database = new WatchedDatabase({
    name: basename(connection.name),
    file: connection.name,
    keepsIndex: () => true,
  });
  const strategy = new DatabaseStrategy({
    databases: [database],
    states: new MemoryTrials(),
    obstacle,
    memoryFreeBytes: () => process.availableMemory(),
    clock: systemClock,
    mostIndexBytes,
    mostCacheBytes,
    mostMmapBytes: 0,
    ...(firstAdviceAfterMs !== undefined && { firstAdviceAfterMs }),
  });
  return { connection: database.opened(connection) as C, strategy };
}
