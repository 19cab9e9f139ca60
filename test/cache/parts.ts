import { join } from 'node:path';
import { Cache } from '../../src/cache/cache.js';
import type { StrategyName } from '../../src/cache/memory.js';
import { CACHE_MIGRATIONS } from '../../src/cache/migrations.js';
import type { CacheOptions } from '../../src/cache/options.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort } from '../../src/store/database-port.js';
import { temporaryFolder } from '../temporary.js';

/** All of them. */
export const STRATEGY_NAMES: readonly StrategyName[] = ['lru', 'lfu', 'fifo', 'ttl'];

let folder: string | null = null;
let files = 0;

/** A path that nothing else uses. */
export function freshFile(): string {
  folder ??= temporaryFolder('cache');
  return join(folder, `${++files}`, 'cache.db');
}

export function open(file: string): DatabasePort {
  return openDatabase({ file, migrations: CACHE_MIGRATIONS, log: silentLog });
}

/** A clock that only the test moves. */
export class Clock {
  at = Date.UTC(2026, 0, 1);
  readonly now = (): number => this.at;
}

/** A cache with a disk tier in the file, started; timers far away, so that only `flush` writes. */
export function cacheOn(file: string, options: Partial<CacheOptions> = {}): Cache {
  const disk = { open: () => open(file), flushInterval: 1e9, ...options.disk };
  const cache = new Cache({ cleanupInterval: 0, ...options, disk });
  cache.start();
  return cache;
}

/** A database whose `transaction` fails with SQLite's code while `broken.code` is set. */
export function fragile(database: DatabasePort, broken: { code: string | null }): DatabasePort {
  return {
    readOnly: database.readOnly,
    readOnlyBecause: database.readOnlyBecause,
    setAside: database.setAside,
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
    transaction: (work, durable) => {
      if (broken.code) throw Object.assign(new Error('database or disk is full'), { code: broken.code });
      database.transaction(work, durable);
    },
  };
}
