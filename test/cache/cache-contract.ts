import * as assert from 'uvu/assert';
import type { Cache } from '../../src/cache/cache.js';
import type { CacheOptions, EntryOptions } from '../../src/cache/options.js';
import type { Awaitable } from '../../src/cache/second-tier.js';
import type { TierStats } from '../../src/cache/stats.js';
import type { Register } from '../optional.js';
import { seeded } from '../seeded.js';
import { eventually } from '../temporary.js';
import { Clock } from './parts.js';

/** What `Cache` and `SharedCache` have in common; the one answers at once, the other with promises. */
export interface AnyCache {
  get(key: string): unknown;
  has(key: string): Awaitable<boolean>;
  set(key: string, value: unknown, options?: EntryOptions): Awaitable<void>;
  getOrSet<T>(key: string, factory: () => T | Promise<T>, options?: EntryOptions): Promise<T>;
  delete(key: string): Awaitable<boolean>;
  clear(): Awaitable<void>;
  invalidateByTags(tags: readonly string[]): Awaitable<void>;
  cleanupExpired(): number;
  stop(): Awaitable<void>;
  getStats(): { memory: TierStats | null; disk?: TierStats | null; joined: number; refreshesFailed: number };
}

/** A cache under test, and what stands behind it. */
export interface CacheUnderTest {
  readonly cache: AnyCache;
  /** Writes what waits. */
  flush(): void;
  /** ms go by for what is behind the cache; its own clock is the test's. */
  pass(ms: number): Awaitable<void>;
  /** ms that may go by besides, where what is behind the cache has a real clock. Default 0. */
  readonly slackMs?: number;
}

type Make = (options: Pick<CacheOptions, 'now'>) => Awaitable<CacheUnderTest>;

/** A cache whose tiers know no clock but the test's. */
export const local = (cache: Cache): CacheUnderTest => ({ cache, flush: () => cache.flush(), pass: () => undefined });

interface World {
  readonly cache: AnyCache;
  readonly flush: () => void;
  /** ms go by everywhere. */
  readonly later: (ms: number) => Promise<void>;
  readonly clock: Clock;
  readonly slackMs: number;
}

/** What every cache does, whatever its strategy and tiers; `test` registers one sentence of it. */
export function cacheContract(test: Register, name: string, make: Make): void {
  const behaves = (sentence: string, body: (world: World) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      const clock = new Clock();
      const { cache, flush, pass, slackMs = 0 } = await make({ now: clock.now });
      const later = async (ms: number) => {
        clock.at += ms;
        await pass(ms);
      };
      try {
        await body({ cache, flush, later, clock, slackMs });
      } finally {
        await cache.stop();
      }
    });

  behaves('gives back what was set, of every kind', async ({ cache, flush }) => {
    const values = {
      text: 'Straße 🚗',
      number: -0.5,
      nothing: null,
      no: false,
      list: [1, [2, { three: 3 }]],
      bytes: Uint8Array.of(1, 2, 255),
      floats: Float32Array.of(0.5, -1, Number.POSITIVE_INFINITY),
      mixed: { at: new Date(5), boxes: Float32Array.of(1, 2), big: 7n, not: Number.NaN, gone: undefined },
    };
    for (const [key, value] of Object.entries(values)) await cache.set(key, value);
    flush();
    for (const [key, value] of Object.entries(values)) assert.equal(await cache.get(key), value, key);
  });

  behaves('has nothing under a key that was never set', async ({ cache }) => {
    assert.is(await cache.get('a'), undefined);
    assert.is(await cache.has('a'), false);
    assert.is(await cache.delete('a'), false);
  });

  behaves('the last value set holds', async ({ cache, flush }) => {
    await cache.set('a', 1);
    flush();
    await cache.set('a', 2);
    assert.is(await cache.get('a'), 2);
    flush();
    assert.is(await cache.get('a'), 2);
  });

  behaves('deletes, before and after it was written', async ({ cache, flush }) => {
    await cache.set('a', 1);
    assert.is(await cache.delete('a'), true);
    assert.is(await cache.get('a'), undefined);
    await cache.set('b', 1);
    flush();
    assert.is(await cache.delete('b'), true);
    assert.is(await cache.get('b'), undefined);
    flush();
    assert.is(await cache.has('b'), false);
  });

  behaves('clears', async ({ cache, flush }) => {
    await cache.set('a', 1);
    flush();
    await cache.set('b', 2);
    await cache.clear();
    assert.is(await cache.has('a'), false);
    assert.is(await cache.has('b'), false);
  });

  behaves('a value lives for its ttl and not a millisecond longer', async ({ cache, flush, later, slackMs }) => {
    await cache.set('a', 1, { ttl: 100_000 });
    flush();
    await later(99_999 - slackMs);
    assert.is(await cache.get('a'), 1);
    await later(1 + slackMs);
    assert.is(await cache.get('a'), undefined);
  });

  behaves(
    'a clock set back a day makes no value live longer than its ttl from then on',
    async ({ cache, flush, later, clock }) => {
      await cache.set('a', 1, { ttl: 1000 });
      clock.at -= 86_400_000;
      assert.is(await cache.has('a'), true);
      assert.is(await cache.get('a'), 1);
      flush();
      clock.at += 86_400_000;
      await later(1000);
      assert.is(await cache.get('a'), undefined);
    },
  );

  behaves('invalidates by any of its tags, and only what was there before', async ({ cache, flush }) => {
    await cache.set('a', 1, { tags: ['camera:3', 'model:x'] });
    await cache.set('b', 2, { tags: ['camera:4'] });
    await cache.set('c', 3);
    flush();
    await cache.set('d', 4, { tags: ['model:x'] });
    await cache.invalidateByTags(['model:x', 'unheard-of']);
    await cache.set('e', 5, { tags: ['model:x'] });
    assert.equal(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key))), [
      undefined,
      2,
      3,
      undefined,
      5,
    ]);
  });

  behaves('invalidation holds when the clock is set back', async ({ cache, clock }) => {
    await cache.invalidateByTags(['t']);
    clock.at -= 3_600_000;
    await cache.set('a', 1, { tags: ['t'] });
    assert.is(await cache.get('a'), 1);
    await cache.invalidateByTags(['t']);
    assert.is(await cache.get('a'), undefined);
  });

  behaves('cleans up what is expired or invalidated and says how much', async ({ cache, flush, later }) => {
    await cache.set('a', 1, { ttl: 10 });
    await cache.set('b', 2, { tags: ['t'] });
    await cache.set('c', 3);
    flush();
    await later(10);
    await cache.invalidateByTags(['t']);
    const removed = cache.cleanupExpired();
    const { memory, disk } = cache.getStats();
    // a server forgets by itself
    if (memory || disk) assert.ok(removed >= 2);
    if (memory) assert.is(memory.entries, 1);
    if (disk) assert.is(disk.entries, 1);
    assert.is(await cache.get('c'), 3);
  });

  behaves('100 callers that miss at once cause one computation', async ({ cache }) => {
    let computed = 0;
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return ++computed;
    };
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('a', slow)));
    assert.is(computed, 1);
    assert.ok(values.every((value) => value === 1));
    assert.is(await cache.get('a'), 1);
    assert.is(cache.getStats().joined, 99);
  });

  behaves('a factory that fails fails all who wait, and the next caller tries again', async ({ cache }) => {
    const failing = () => Promise.reject(new Error('no road'));
    const outcomes = await Promise.allSettled([cache.getOrSet('a', failing), cache.getOrSet('a', failing)]);
    assert.equal(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.is(await cache.getOrSet('a', () => 2), 2);
  });

  behaves(
    'what is set, deleted or invalidated during a computation is not overwritten by its result',
    async ({ cache }) => {
      const compute = (key: string, meanwhile: () => Awaitable<unknown>) =>
        cache.getOrSet(
          key,
          async () => {
            await Promise.resolve();
            await meanwhile();
            return 'old';
          },
          { tags: ['t'] },
        );
      assert.is(await compute('a', () => cache.set('a', 'new')), 'old');
      assert.is(await compute('b', () => cache.delete('b')), 'old');
      assert.is(await compute('c', () => cache.invalidateByTags(['t'])), 'old');
      assert.is(await compute('d', () => cache.clear()), 'old');
      assert.equal(await Promise.all(['b', 'c', 'd'].map((key) => cache.get(key))), [undefined, undefined, undefined]);
    },
  );

  behaves('serves the old value within its grace while one computation renews it', async ({ cache, flush, later }) => {
    const options = { ttl: 1000, grace: 5000 };
    await cache.getOrSet('a', () => 'old', options);
    flush();
    await later(1500);
    assert.is(await cache.get('a'), undefined);
    let computed = 0;
    const renew = async () => {
      computed++;
      return 'new';
    };
    const served = await Promise.all([1, 2, 3].map(() => cache.getOrSet('a', renew, options)));
    assert.equal(served.slice(0, 1), ['old']);
    for (let tries = 0; tries < 100 && (await cache.get('a')) === undefined; tries++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.is(await cache.get('a'), 'new');
    assert.is(computed, 1);
  });

  behaves('tries a renewal that failed a second later, whichever tier the old value is in', async (world) => {
    const { cache, flush, later } = world;
    await cache.set('a', 'old', { ttl: 1000, grace: 50_000 });
    flush();
    await later(1500);
    let failed = 0;
    const failing = async () => {
      failed++;
      throw new Error('no link');
    };
    for (const tried of [1, 1, 1, 2, 2]) {
      if (tried > failed) await later(failed * 1000);
      assert.is(await cache.getOrSet('a', failing), 'old');
      await eventually('the failure is counted', () => cache.getStats().refreshesFailed >= tried);
      assert.is(failed, tried);
    }
    await cache.set('a', 'newer', { ttl: 100, grace: 5000 });
    flush();
    await later(100);
    assert.is(await cache.getOrSet('a', failing), 'newer');
    await eventually('a newer value has no pause', () => failed === 3);
  });

  behaves('null is a value, and may be kept for a shorter time or not at all', async ({ cache, later }) => {
    let computed = 0;
    const none = () => {
      computed++;
      return null;
    };
    assert.is(await cache.getOrSet('a', none, { ttl: 1000, negativeTtl: 100 }), null);
    assert.is(await cache.getOrSet('a', none, { ttl: 1000, negativeTtl: 100 }), null);
    assert.is(computed, 1);
    await later(100);
    await cache.getOrSet('a', none, { negativeTtl: 0 });
    await cache.getOrSet('a', none, { negativeTtl: 0 });
    assert.is(computed, 3);
  });

  behaves('does what a Map would do, over 3000 random operations', async ({ cache, flush }) => {
    const random = seeded(7);
    const model = new Map<string, { value: number; tag: string }>();
    for (let i = 0; i < 3000; i++) {
      const key = `k${Math.floor(random() * 50)}`;
      const tag = `t${Math.floor(random() * 5)}`;
      const what = random();
      if (what < 0.4) {
        await cache.set(key, i, { tags: [tag] });
        model.set(key, { value: i, tag });
      } else if (what < 0.5) assert.is(await cache.delete(key), model.delete(key));
      else if (what < 0.55) {
        await cache.invalidateByTags([tag]);
        for (const [known, entry] of model) {
          if (entry.tag !== tag) continue;
          // discarded on sight, as a reader would
          assert.is(await cache.get(known), undefined);
          model.delete(known);
        }
      } else if (what < 0.58) flush();
      else if (what < 0.585) {
        await cache.clear();
        model.clear();
      } else assert.is(await cache.get(key), model.get(key)?.value, `operation ${i}`);
    }
  });
}
