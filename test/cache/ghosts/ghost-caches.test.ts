import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GhostCaches, hitRatioBetween } from '../../../src/cache/ghosts/ghost-caches.js';
import type { MemorySettings } from '../../../src/cache/memory.js';
import { STRATEGY_NAMES } from '../parts.js';
import { asked, lookups } from './lookups.js';

const KIB = 1024;
const every = (maxBytes: readonly number[]): MemorySettings[] =>
  maxBytes.flatMap((bytes) => STRATEGY_NAMES.map((strategy) => ({ strategy, maxBytes: bytes })));

test('a small cache is simulated in full: each ghost finds exactly what a real cache of its settings finds', () => {
  const settings = every([64 * KIB, 128 * KIB]);
  const ghosts = new GhostCaches({ settings, now: () => 0, maxLookups: Number.POSITIVE_INFINITY });
  const watched = asked(settings[0]!);
  watched.cache.watchMemory(ghosts);
  const real = settings.map((one) => asked(one));
  const hits = settings.map(() => 0);
  for (const key of lookups(20_000, 2000, 3)) {
    watched.ask(key);
    for (const [i, cache] of real.entries()) if (cache.ask(key)) hits[i]!++;
  }
  const counts = ghosts.counts();
  assert.is(counts.share, 1);
  assert.equal(
    counts.ghosts.map((ghost) => ghost.hits),
    hits,
  );
  assert.ok(new Set(hits).size > 4, `${hits}`);
});

test('a large one is simulated on a sample that is bounded, and close to a real cache', () => {
  const settings = every([1024 * KIB]);
  const ghosts = new GhostCaches({ settings, now: () => 0, maxEntries: 4000 });
  const from = ghosts.counts();
  const watched = asked({ strategy: 'lru', maxBytes: 1024 * KIB });
  watched.cache.watchMemory(ghosts);
  const real = settings.map((one) => asked(one));
  for (const key of lookups(60_000, 15_000, 5)) {
    watched.ask(key);
    for (const cache of real) cache.ask(key);
  }
  const to = ghosts.counts();
  assert.ok(to.share <= 1 / 4, `share ${to.share}`);
  for (const [i, { hitRatio }] of real.entries()) {
    const simulated = hitRatioBetween(from, to, i)!;
    assert.ok(Math.abs(simulated - hitRatio) < 0.03, `${settings[i]!.strategy}: ${simulated} for ${hitRatio}`);
  }
});

test('too many lookups thin the sample out, and afterwards they cost less', () => {
  let now = 0;
  const ghosts = new GhostCaches({ settings: every([64 * KIB]), now: () => now, maxLookups: 1000 });
  const { cache, ask } = asked({ strategy: 'lru', maxBytes: 64 * KIB });
  cache.watchMemory(ghosts);
  for (const key of lookups(4000, 2000, 7)) ask(key);
  const { share } = ghosts.counts();
  assert.ok(share <= 1 / 4, `${share}`);
  for (let second = 0; second < 60; second++) {
    now += 1000;
    for (const key of lookups(50, 2000, second)) ask(key);
  }
  assert.is(ghosts.counts().share, share);
});

test('what expires, is deleted or invalidated is found by no ghost', () => {
  let now = 0;
  const ghosts = new GhostCaches({ settings: every([64 * KIB]), now: () => now });
  const { cache } = asked({ strategy: 'fifo', maxBytes: 64 * KIB }, () => now);
  cache.watchMemory(ghosts);
  const hits = () => ghosts.counts().ghosts.map((ghost) => ghost.hits);
  cache.set('a', 1, { ttl: 1000 });
  cache.set('b', 1, { tags: ['old'] });
  cache.set('c', 1);
  for (const key of ['a', 'b', 'c']) cache.get(key);
  assert.equal(hits(), [3, 3, 3, 3]);
  now = 2000;
  cache.invalidateByTags(['old']);
  cache.delete('c');
  for (const key of ['a', 'b', 'c']) assert.is(cache.get(key), undefined);
  assert.equal(hits(), [3, 3, 3, 3]);
});

test('ghosts keep no value alive', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const ghosts = new GhostCaches({ settings: every([64 * KIB]), now: () => 0 });
  const kept = stored(ghosts);
  // what was just dereferenced stays until the next turn
  await turn();
  collect();
  assert.equal([kept.deref(), ghosts.counts().ghosts[0]!.hits], [undefined, 1]);
});

/** A value that only the ghosts have seen by now. */
function stored(ghosts: GhostCaches): WeakRef<object> {
  const { cache } = asked({ strategy: 'lru', maxBytes: 64 * KIB });
  cache.watchMemory(ghosts);
  const value = { boxes: [1, 2, 3] };
  cache.set('a', value);
  cache.get('a');
  return new WeakRef(value);
}

test('of a few lookups no ratio is made', () => {
  const ghosts = new GhostCaches({ settings: every([64 * KIB]), now: () => 0 });
  const from = ghosts.counts();
  for (let i = 0; i < 29; i++) ghosts.looked(`k${i}`, undefined);
  assert.is(hitRatioBetween(from, ghosts.counts(), 0), null);
  ghosts.looked('k0', undefined);
  assert.is(hitRatioBetween(from, ghosts.counts(), 0), 0);
});

test.run();
