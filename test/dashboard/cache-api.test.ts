import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../src/cache/cache.js';
import { type CacheReply, cacheRoutes, type InvalidatedReply } from '../../src/dashboard/api/cache.js';
import { OPERATOR } from '../../src/foundation/viewer.js';
import { cachePort, DEVICE_CACHE } from '../../src/runtime/dashboard/cache.js';
import { CacheStrategy } from '../../src/tune/strategies/cache-strategy.js';
import { PLAIN_REQUEST } from '../http/request.js';
import { temporaryFolder } from '../temporary.js';
import { NOON, writeDays } from './days.js';

const days = writeDays(temporaryFolder('cache-api'), 1);
test.after(() => days.close());

function served(isSimulating = true) {
  const own = new Cache({ memory: { maxBytes: 40_000, strategy: 'lru' } });
  const theirs = new Cache({ memory: { maxBytes: 40_000, strategy: 'lfu' } });
  let now = 0;
  const strategy = new CacheStrategy({
    cache: own,
    configured: { strategy: 'lru', maxBytes: 40_000 },
    maxBytes: 160_000,
    memoryFreeBytes: () => null,
    clock: { now: () => now, unixNow: () => NOON + now },
  });
  const port = cachePort({
    caches: () =>
      new Map([
        [DEVICE_CACHE, own],
        ['city', theirs],
      ]),
    simulated: () => strategy.simulated(),
    isSimulating: () => isSimulating,
    trials: days.trials,
    now: days.now,
  });
  const [read, invalidate] = cacheRoutes(port);
  return {
    own,
    theirs,
    /** Looks entries up in a circle that is a little too long for the memory, for minutes. */
    work(minutes: number) {
      for (let minute = 0; minute < minutes; minute++) {
        strategy.observe();
        for (let n = 0; n < 1500; n++) {
          const key = `scene-${n % 90}`;
          if (own.get(key) === undefined) own.set(key, 'x'.repeat(400), { tags: ['scene', n % 2 ? 'odd' : 'even'] });
        }
        now += 61_000;
      }
      strategy.observe();
    },
    async read(): Promise<CacheReply> {
      const { body } = await read!.handle(new URLSearchParams(), OPERATOR, PLAIN_REQUEST);
      return JSON.parse(body as string) as CacheReply;
    },
    async invalidate(body: unknown): Promise<{ status: number; body: InvalidatedReply & { error?: string } }> {
      const reply = await invalidate!.handle(new URLSearchParams(), OPERATOR, { ...PLAIN_REQUEST, body });
      return { status: reply.status ?? 200, body: JSON.parse(reply.body as string) };
    },
  };
}

test('tiers, tags, ghost curves and trials of the caches are told', async () => {
  const cache = served();
  cache.work(4);
  const { caches, ghosts, ghostsOff, trials } = await cache.read();
  assert.equal(
    caches.map(({ id, strategy }) => `${id} ${strategy}`),
    ['device lru', 'city lfu'],
  );
  const [tier] = caches[0]!.tiers;
  assert.is(tier!.tier, 'memory');
  assert.is(tier!.hits + tier!.misses, 6000);
  assert.ok(tier!.evictions.budget > 0);
  assert.equal(caches[0]!.tags[0]!.tag, 'scene');
  assert.is(caches[0]!.tagsCounted, tier!.entries);
  assert.is(ghostsOff, null);
  assert.ok(ghosts !== null);
  assert.equal([...new Set(ghosts!.curves.map(({ maxBytes }) => maxBytes))], [40_000, 80_000, 160_000]);
  const ratio = (maxBytes: number) =>
    ghosts!.curves.find((curve) => curve.strategy === 'lru' && curve.maxBytes === maxBytes)!.hitRatio!;
  assert.ok(ratio(160_000) > ratio(40_000) + 0.3, 'more memory would bring much');
  assert.equal(
    trials.map(({ to, verdict }) => `${to} ${verdict}`),
    ['lfu 16 MiB kept'],
  );
});

test('why nothing is simulated is said', async () => {
  assert.is((await served().read()).ghostsOff, 'too-few');
  assert.is((await served(false).read()).ghostsOff, 'off');
});

test('what is under a tag, or all of it, is forgotten in the cache that is meant', async () => {
  const cache = served();
  cache.own.set('a', 1, { tags: ['one'] });
  cache.own.set('b', 1, { tags: ['two'] });
  cache.theirs.set('a', 1, { tags: ['one'] });
  assert.equal((await cache.invalidate({ cache: 'device', tags: ['one'] })).body, {
    caches: ['device'],
    tags: 1,
    all: false,
  });
  assert.equal([cache.own.get('a'), cache.own.get('b'), cache.theirs.get('a')], [undefined, 1, 1]);
  assert.equal((await cache.invalidate({ cache: 'every', all: true })).body.caches, ['device', 'city']);
  assert.equal([cache.own.get('b'), cache.theirs.get('a')], [undefined, undefined]);
});

test('what cannot be invalidated is refused in words', async () => {
  const cache = served();
  const strange = await cache.invalidate({ cache: 'village', all: true });
  assert.is(strange.status, 404);
  assert.match(strange.body.error!, /expected device, every or the id of a tenant, got village/);
  for (const body of [
    { cache: 'device' },
    { cache: 'device', tags: ['x'], all: true },
    { cache: 'device', tags: [] },
    undefined,
  ]) {
    assert.is((await cache.invalidate(body)).status, 400);
  }
});

test.run();
