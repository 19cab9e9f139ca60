// bentocache and cacheable at their faster settings: values by reference in memory, no logging, no events listened to.
import { join } from 'node:path';
import KeyvRedis from '@keyv/redis';
import { BentoCache, bentostore } from 'bentocache';
import { kyselyDriver } from 'bentocache/drivers/kysely';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Cacheable, createKeyv, Keyv } from 'cacheable';
import { KeyvFile } from 'keyv-file';
import { Kysely, SqliteDialect } from 'kysely';

/** Kysely's driver over the same better-sqlite3, with the same pragmas as ours. */
export function bentocache(Sqlite) {
  return {
    name: 'bentocache',
    async open(tiers, folder) {
      let store = bentostore({ ttl: '1h' });
      // by reference where that works: with a second layer, 1.6.1 fails at the first value that comes from there
      const serialize = tiers === 'both';
      if (tiers !== 'disk') store = store.useL1Layer(memoryDriver({ maxItems: 100_000, serialize }));
      if (tiers !== 'memory') {
        const sqlite = new Sqlite(join(folder, 'bentocache.db'));
        sqlite.pragma('journal_mode = WAL');
        sqlite.pragma('synchronous = NORMAL');
        const connection = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) });
        store = store.useL2Layer(kyselyDriver({ connection }));
      }
      const bento = new BentoCache({ default: 'bench', stores: { bench: store } });
      return opened(bento);
    },
    /** Its Redis driver, and its bus over Redis, which tells the others what was changed. */
    async openShared(port, prefix) {
      const connection = { host: '127.0.0.1', port };
      const store = bentostore({ ttl: '1h', prefix })
        .useL1Layer(memoryDriver({ maxItems: 100_000, serialize: true }))
        .useL2Layer(redisDriver({ connection, prefix }))
        .useBus(redisBusDriver({ connection }));
      return opened(new BentoCache({ default: 'bench', stores: { bench: store } }));
    },
  };
}

const opened = (bento) => ({
  get: (key) => bento.get({ key }),
  set: (key, value) => bento.set({ key, value }),
  getOrSet: (key, factory) => bento.getOrSet({ key, factory }),
  settle: async () => undefined,
  close: () => bento.disconnectAll(),
});

/** keyv-file with a file per key, the disk store of Keyv that needs no native build of its own. */
export const cacheable = {
  name: 'cacheable',
  async open(tiers, folder) {
    const memory = () => createKeyv({ useClone: false, lruSize: 100_000 });
    const disk = () => new Keyv({ store: new KeyvFile({ filename: join(folder, 'keyv'), separatedFile: true }) });
    const options = { ttl: '1h' };
    if (tiers === 'memory') options.primary = memory();
    if (tiers === 'disk') options.primary = disk();
    if (tiers === 'both') Object.assign(options, { primary: memory(), secondary: disk() });
    return openedCacheable(new Cacheable(options));
  },
  /** The Redis store of Keyv behind its memory; nothing tells the others what was changed. */
  async openShared(port, prefix) {
    const store = new KeyvRedis(`redis://127.0.0.1:${port}`, { namespace: prefix });
    const primary = createKeyv({ useClone: false, lruSize: 100_000 });
    const secondary = new Keyv({ store, namespace: prefix });
    return openedCacheable(new Cacheable({ ttl: '1h', primary, secondary }));
  },
};

const openedCacheable = (cache) => ({
  get: (key) => cache.get(key),
  set: (key, value) => cache.set(key, value),
  getOrSet: (key, factory) => cache.getOrSet(key, factory),
  settle: async () => undefined,
  close: () => cache.disconnect(),
});
