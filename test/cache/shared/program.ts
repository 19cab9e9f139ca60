// Started by programs.test.ts: one program with a shared cache, which does what it is told over the channel to its parent.
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import { SharedCache } from '../../../src/cache/shared/shared-cache.js';
import type { Answer, Order } from './programs.js';

const [url = '', prefix = '', lease = '5000'] = process.argv.slice(2);
const cache = new SharedCache({ tier: redisTier({ url, prefix, lease: Number(lease) }), ttl: 60_000 });
let computed = 0;

async function done(order: Order): Promise<unknown> {
  switch (order.what) {
    case 'get':
      return cache.get(order.key);
    case 'set':
      return cache.set(order.key, order.value, { tags: order.tags ?? [] });
    case 'delete':
      return cache.delete(order.key);
    case 'clear':
      return cache.clear();
    case 'invalidate':
      return cache.invalidateByTags(order.tags);
    case 'compute': {
      const { key, value, takesMs, tags = [] } = order;
      const factory = async () => {
        computed++;
        await new Promise((resolve) => setTimeout(resolve, takesMs));
        return value;
      };
      return Promise.all(Array.from({ length: order.callers ?? 1 }, () => cache.getOrSet(key, factory, { tags })));
    }
    case 'block': {
      const until = Date.now() + order.ms;
      while (Date.now() < until);
      return null;
    }
    case 'computed':
      return computed;
    case 'stats':
      return cache.getStats();
  }
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  done(order).then(
    (value) => process.send?.({ id, value } satisfies Answer),
    (error: unknown) => process.send?.({ id, error: String(error) } satisfies Answer),
  );
});
process.on('disconnect', () => process.exit());
await cache.start();
process.send?.({ id: 0, value: 'started' } satisfies Answer);
