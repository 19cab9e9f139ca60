import { join } from 'node:path';
import { Cache } from '../../src/cache/cache.js';
import { CACHE_MIGRATIONS } from '../../src/cache/migrations.js';
import { redisTier } from '../../src/cache/shared/redis-tier.js';
import { SharedCache } from '../../src/cache/shared/shared-cache.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import type { Contender } from './contender.js';

const HOUR_MS = 3_600_000;

export const ours: Contender = {
  name: 'edge-optimizer',
  async open(tiers, folder) {
    const file = join(folder, 'ours.db');
    const cache = new Cache({
      ttl: HOUR_MS,
      memory: tiers === 'disk' ? false : { maxBytes: 64 * 2 ** 20 },
      ...(tiers !== 'memory' && {
        disk: { open: () => openDatabase({ file, migrations: CACHE_MIGRATIONS, log: silentLog }) },
      }),
    });
    cache.start();
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      getOrSet: (key, factory) => cache.getOrSet(key, factory),
      settle: () => cache.flush(),
      close: () => cache.stop(),
    };
  },
  async openShared(port, prefix) {
    const cache = new SharedCache({
      ttl: HOUR_MS,
      memory: { maxBytes: 64 * 2 ** 20 },
      tier: redisTier({ url: `redis://127.0.0.1:${port}`, prefix, operationTimeout: 10_000 }),
    });
    await cache.start();
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      getOrSet: (key, factory) => cache.getOrSet(key, factory),
      settle: () => undefined,
      close: () => cache.stop(),
    };
  },
};
