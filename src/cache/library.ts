/** What a program imports as `edge-inference-optimizer/cache`. Importing it opens nothing, and starts no timer. */

import { createLog, type Log } from '../foundation/log.js';
import { openDatabase } from '../store/database.js';
import { Cache } from './cache.js';
import { CACHE_MIGRATIONS } from './migrations.js';
import type { CacheOptions, DiskTierOptions } from './options.js';

export { type Log, silentLog } from '../foundation/log.js';
export type { CacheStats, Lookup } from './cache.js';
export { type CachedOptions, type ComputingCache, cachedWith } from './cached.js';
export { cached, defaultCache } from './default-cache.js';
export type { CacheEventMap, CacheEvents, TierName } from './events.js';
export { GhostCaches, hitRatioBetween } from './ghosts/ghost-caches.js';
export type { MemorySettings, StrategyName } from './memory.js';
export type { CacheOptions, DiskTierOptions, EntryOptions, MemoryTierOptions } from './options.js';
export type { RedisTierOptions } from './shared/redis-options.js';
export { redisTier } from './shared/redis-tier.js';
export { SharedCache, type SharedCacheOptions, type SharedCacheStats } from './shared/shared-cache.js';
export type { DiskStats } from './sqlite-tier.js';
export type { EvictionReason, TierStats } from './stats.js';
export { Cache };

/** How a cache of this program is made; times in ms. What is left out has the default of docs/cache.md. */
export interface OwnCacheOptions extends Omit<CacheOptions, 'disk' | 'shared'> {
  /** The SQLite file of the second tier, made with its folder for its owner only; left out: memory alone. One process a file. */
  readonly file?: string;
  /** Default: warnings and errors to stderr. `silentLog` says nothing. */
  readonly log?: Log;
  /** How much the file holds and how often it is written. */
  readonly disk?: Omit<DiskTierOptions, 'open'>;
}

/**
 * A cache that works at once: in memory, and with `file` in SQLite behind it, so that values outlive the program. `stop()` writes
 * what waits and closes the file; a program that ends without it loses at most the last second. No timer of it keeps a program alive.
 *
 * Where the file or better-sqlite3 cannot be used nothing throws: memory goes on, the log says why, `getStats().disk.state` is `degraded`,
 * and the file is tried again; `events` tells of what happens later.
 *
 * @throws RangeError for impossible options, all of them at once
 * @example
 * ```ts
 * const cache = createCache({ file: 'data/cache.db', memory: { maxBytes: 64 * 2 ** 20, strategy: 'lfu' }, ttl: 300_000 });
 * const rows = await cache.getOrSet('infractions:north', () => findInfractions('north'), { tags: ['infractions'] });
 * cache.invalidateByTags(['infractions']);
 * cache.stop();
 * ```
 */
export function createCache({ file, disk, ...options }: OwnCacheOptions = {}): Cache {
  if (file === undefined && disk !== undefined) throw new RangeError('the cache cannot be made: disk needs a file');
  const { log = createLog('warn') } = options;
  const open = (path: string) => openDatabase({ file: path, migrations: CACHE_MIGRATIONS, log });
  const cache = new Cache({
    ...options,
    log,
    ...(file !== undefined && { disk: { ...disk, open: () => open(file) } }),
  });
  cache.start();
  return cache;
}
