import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheMetrics } from '../../../src/cache/metrics.js';
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import { SharedCache } from '../../../src/cache/shared/shared-cache.js';
import { needs } from '../../optional.js';
import { RedisProcess } from './redis-process.js';

needs('redis-server', test)('the metrics of a shared cache know its tier, and that it is out of order', async () => {
  const server = await RedisProcess.start();
  const cache = new SharedCache({ tier: redisTier({ url: server.url, prefix: 'app', maxEntryBytes: 10 }) });
  await cache.start();
  const metrics = cacheMetrics(() => cache.reading());
  const read = (name: string) => [...metrics.find((metric) => metric.name === name)!.read()];
  await cache.set('large', 'x'.repeat(100));
  await cache.set('a', 1);
  await cache.get('a');
  await cache.get('b');
  assert.equal(read('cache_hits'), [
    [['memory'], 1],
    [['shared'], 0],
  ]);
  assert.equal(read('cache_misses'), [
    [['memory'], 1],
    [['shared'], 1],
  ]);
  assert.equal(
    read('cache_evictions').filter(([, count]) => count === 1),
    [[['shared', 'tooLarge'], 1]],
  );
  assert.equal(read('cache_degraded'), [[[], 0]]);
  await server.kill();
  await cache.get('c');
  assert.equal(read('cache_degraded'), [[[], 1]]);
  await cache.stop();
});

test.run();
