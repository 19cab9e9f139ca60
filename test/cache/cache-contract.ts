import * as assert from 'uvu/assert';
import type { Cache } from '../../src/cache/cache.js';
import type { CacheOptions } from '../../src/cache/options.js';
import type { Register } from '../optional.js';
import { seeded } from '../seeded.js';
import { Clock } from './parts.js';

type Make = (options: Partial<CacheOptions>) => Cache;

/** What every cache does, whatever its strategy and tiers; `test` registers one sentence of it. */
export function cacheContract(test: Register, name: string, make: Make): void {
  const behaves = (sentence: string, body: (cache: Cache, clock: Clock) => Promise<void> | void) =>
    test(`${name}: ${sentence}`, async () => {
      const clock = new Clock();
      const cache = make({ now: clock.now });
      try {
        await body(cache, clock);
      } finally {
        cache.stop();
      }
    });

  behaves('gives back what was set, of every kind', (cache) => {
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
    for (const [key, value] of Object.entries(values)) cache.set(key, value);
    cache.flush();
    for (const [key, value] of Object.entries(values)) assert.equal(cache.get(key), value, key);
  });

  behaves('has nothing under a key that was never set', (cache) => {
    assert.is(cache.get('a'), undefined);
    assert.is(cache.has('a'), false);
    assert.is(cache.delete('a'), false);
  });

  behaves('the last value set holds', (cache) => {
    cache.set('a', 1);
    cache.flush();
    cache.set('a', 2);
    assert.is(cache.get('a'), 2);
    cache.flush();
    assert.is(cache.get('a'), 2);
  });

  behaves('deletes, before and after it was written', (cache) => {
    cache.set('a', 1);
    assert.is(cache.delete('a'), true);
    assert.is(cache.get('a'), undefined);
    cache.set('b', 1);
    cache.flush();
    assert.is(cache.delete('b'), true);
    assert.is(cache.get('b'), undefined);
    cache.flush();
    assert.is(cache.has('b'), false);
  });

  behaves('clears', (cache) => {
    cache.set('a', 1);
    cache.flush();
    cache.set('b', 2);
    cache.clear();
    assert.is(cache.has('a'), false);
    assert.is(cache.has('b'), false);
  });

  behaves('a value lives for its ttl and not a millisecond longer', (cache, clock) => {
    cache.set('a', 1, { ttl: 1000 });
    cache.flush();
    clock.at += 999;
    assert.is(cache.get('a'), 1);
    clock.at += 1;
    assert.is(cache.get('a'), undefined);
  });

  behaves('a clock set back a day makes no value live longer than its ttl from then on', (cache, clock) => {
    cache.set('a', 1, { ttl: 1000 });
    clock.at -= 86_400_000;
    assert.is(cache.has('a'), true);
    assert.is(cache.get('a'), 1);
    cache.flush();
    clock.at += 86_400_000 + 1000;
    assert.is(cache.get('a'), undefined);
  });

  behaves('invalidates by any of its tags, and only what was there before', (cache) => {
    cache.set('a', 1, { tags: ['camera:3', 'model:x'] });
    cache.set('b', 2, { tags: ['camera:4'] });
    cache.set('c', 3);
    cache.flush();
    cache.set('d', 4, { tags: ['model:x'] });
    cache.invalidateByTags(['model:x', 'unheard-of']);
    cache.set('e', 5, { tags: ['model:x'] });
    assert.equal(
      ['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key)),
      [undefined, 2, 3, undefined, 5],
    );
  });

  behaves('invalidation holds when the clock is set back', (cache, clock) => {
    cache.invalidateByTags(['t']);
    clock.at -= 3_600_000;
    cache.set('a', 1, { tags: ['t'] });
    assert.is(cache.get('a'), 1);
    cache.invalidateByTags(['t']);
    assert.is(cache.get('a'), undefined);
  });

  behaves('cleans up what is expired or invalidated and says how much', (cache, clock) => {
    cache.set('a', 1, { ttl: 10 });
    cache.set('b', 2, { tags: ['t'] });
    cache.set('c', 3);
    cache.flush();
    clock.at += 10;
    cache.invalidateByTags(['t']);
    assert.ok(cache.cleanupExpired() >= 2);
    const { memory, disk } = cache.getStats();
    if (memory) assert.is(memory.entries, 1);
    if (disk) assert.is(disk.entries, 1);
    assert.is(cache.get('c'), 3);
  });

  behaves('100 callers that miss at once cause one computation', async (cache) => {
    let computed = 0;
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return ++computed;
    };
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('a', slow)));
    assert.is(computed, 1);
    assert.ok(values.every((value) => value === 1));
    assert.is(cache.get('a'), 1);
    assert.is(cache.getStats().joined, 99);
  });

  behaves('a factory that fails fails all who wait, and the next caller tries again', async (cache) => {
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
    async (cache) => {
      const compute = (key: string, meanwhile: () => void) =>
        cache.getOrSet(
          key,
          async () => {
            await Promise.resolve();
            meanwhile();
            return 'old';
          },
          { tags: ['t'] },
        );
      assert.is(await compute('a', () => cache.set('a', 'new')), 'old');
      assert.is(await compute('b', () => cache.delete('b')), 'old');
      assert.is(await compute('c', () => cache.invalidateByTags(['t'])), 'old');
      assert.is(await compute('d', () => cache.clear()), 'old');
      assert.equal(
        ['b', 'c', 'd'].map((key) => cache.get(key)),
        [undefined, undefined, undefined],
      );
    },
  );

  behaves('serves the old value within its grace while one computation renews it', async (cache, clock) => {
    const options = { ttl: 1000, grace: 5000 };
    await cache.getOrSet('a', () => 'old', options);
    cache.flush();
    clock.at += 1500;
    assert.is(cache.get('a'), undefined);
    let computed = 0;
    const renew = async () => {
      computed++;
      return 'new';
    };
    const served = await Promise.all([1, 2, 3].map(() => cache.getOrSet('a', renew, options)));
    assert.equal(served.slice(0, 1), ['old']);
    await new Promise((resolve) => setImmediate(resolve));
    assert.is(computed, 1);
    assert.is(cache.get('a'), 'new');
  });

  behaves('null is a value, and may be kept for a shorter time or not at all', async (cache, clock) => {
    let computed = 0;
    const none = () => {
      computed++;
      return null;
    };
    assert.is(await cache.getOrSet('a', none, { ttl: 1000, negativeTtl: 100 }), null);
    assert.is(await cache.getOrSet('a', none, { ttl: 1000, negativeTtl: 100 }), null);
    assert.is(computed, 1);
    clock.at += 100;
    await cache.getOrSet('a', none, { negativeTtl: 0 });
    await cache.getOrSet('a', none, { negativeTtl: 0 });
    assert.is(computed, 3);
  });

  behaves('does what a Map would do, over 3000 random operations', (cache) => {
    const random = seeded(7);
    const model = new Map<string, { value: number; tag: string }>();
    for (let i = 0; i < 3000; i++) {
      const key = `k${Math.floor(random() * 50)}`;
      const tag = `t${Math.floor(random() * 5)}`;
      const what = random();
      if (what < 0.4) {
        cache.set(key, i, { tags: [tag] });
        model.set(key, { value: i, tag });
      } else if (what < 0.5) assert.is(cache.delete(key), model.delete(key));
      else if (what < 0.55) {
        cache.invalidateByTags([tag]);
        for (const [known, entry] of model) {
          if (entry.tag !== tag) continue;
          // discarded on sight, as a reader would
          assert.is(cache.get(known), undefined);
          model.delete(known);
        }
      } else if (what < 0.58) cache.flush();
      else if (what < 0.585) {
        cache.clear();
        model.clear();
      } else assert.is(cache.get(key), model.get(key)?.value, `operation ${i}`);
    }
  });
}
