import { test } from 'uvu';
import type { CacheOptions, MemoryTierOptions } from '../../../src/cache/options.js';
import type { RedisConnection } from '../../../src/cache/shared/redis-client.js';
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import { SharedCache } from '../../../src/cache/shared/shared-cache.js';
import { needs } from '../../optional.js';
import { type CacheUnderTest, cacheContract } from '../cache-contract.js';
import { passOnServer, RedisProcess } from './redis-process.js';

const onRedis = needs('redis-server', test);

let server: RedisProcess;
let own: RedisConnection;
let prefixes = 0;

onRedis('a server is started for the cases of this file', async () => {
  server = await RedisProcess.start();
  own = await server.connect();
});

async function shared(memory: MemoryTierOptions | false, options: Pick<CacheOptions, 'now'>): Promise<CacheUnderTest> {
  const prefix = `test${++prefixes}`;
  const cache = new SharedCache({
    ...options,
    memory,
    cleanupInterval: 0,
    tier: redisTier({ url: server.url, prefix, operationTimeout: 5000 }),
  });
  await cache.start();
  return { cache, flush: () => undefined, pass: (ms) => passOnServer(own, prefix, ms), slackMs: 30_000 };
}

cacheContract(onRedis, 'lru over Redis', (options) => shared({ strategy: 'lru' }, options));
// memory so small that most reads come from the server
cacheContract(onRedis, 'little lfu over Redis', (options) => shared({ strategy: 'lfu', maxBytes: 1000 }, options));
cacheContract(onRedis, 'Redis alone', (options) => shared(false, options));

onRedis('the server of this file ends', async () => {
  own.close();
  await server.kill();
});

test.run();
