import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MemorySettings } from '../../../src/cache/memory.js';
import { lookups } from '../../cache/ghosts/lookups.js';
import { TunedCache } from './tuned-cache.js';

const KIB = 1024;
const LRU: MemorySettings = { strategy: 'lru', maxBytes: 128 * KIB };

const settingsOf = ({ cache }: TunedCache) => {
  const { strategy, maxBytes } = cache.memorySettings!;
  return `${strategy} ${maxBytes / KIB}`;
};

/** Keys that come round again and again, more of them than fit. */
function* loop(count: number, keys: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `loop:${i % keys}`;
}

test('popular keys with scans between: another strategy is tried, found better by the real cache, and kept', async () => {
  const tuned = new TunedCache(LRU, 0);
  await tuned.engine.start();
  await tuned.serve(lookups(60_000, 3000, 11));
  assert.is(settingsOf(tuned), 'lfu 128');
  const [trial] = tuned.ended;
  assert.equal([trial!.from, trial!.to, trial!.verdict], ['lru 0.125 MiB', 'lfu 0.125 MiB', 'kept']);
  assert.match(
    trial!.reason,
    /^simulated of all keys, 1\d\.\d % would be found instead of 9\.\d % over the last 3 min$/,
  );
  const before = tuned.hits / tuned.lookups;
  [tuned.hits, tuned.lookups] = [0, 0];
  await tuned.serve(lookups(20_000, 3000, 12));
  assert.ok(tuned.hits / tuned.lookups > before, `${tuned.hits / tuned.lookups} after ${before}`);
});

test('where the present strategy is the best one, nothing is tried', async () => {
  const tuned = new TunedCache({ strategy: 'lfu', maxBytes: 128 * KIB }, 0);
  await tuned.engine.start();
  await tuned.serve(lookups(60_000, 3000, 13));
  assert.equal([settingsOf(tuned), tuned.ended], ['lfu 128', []]);
});

test('the budget grows where the keys come round and fit then, as far as it may and memory is left', async () => {
  const grown = new TunedCache(LRU, 256 * KIB);
  await grown.engine.start();
  await grown.serve(loop(60_000, 700));
  assert.match(settingsOf(grown), /256$/);
  const bound = new TunedCache(LRU, 256 * KIB, 300 * KIB);
  await bound.engine.start();
  await bound.serve(loop(60_000, 700));
  assert.match(settingsOf(bound), /128$/);
});

test('a change that turns out not to pay is taken back', async () => {
  const tuned = new TunedCache(LRU, 0);
  await tuned.engine.start();
  let begun = 0;
  await tuned.serve(
    (function* () {
      // as soon as lfu is tried everybody asks for what was just asked for, which the old strategy is best at
      for (const key of lookups(40_000, 3000, 11)) {
        if (tuned.engine.underWay.length > 0) break;
        yield key;
      }
      begun = tuned.engine.underWay.length;
      for (let i = 0; i < 20_000; i++) yield `recent:${Math.floor(i / 40) * 20 + (i % 20)}`;
    })(),
  );
  assert.is(begun, 1);
  assert.equal(
    tuned.ended.map(({ to, verdict }) => [to, verdict]),
    [['lfu 0.125 MiB', 'rolled-back']],
  );
  assert.is(settingsOf(tuned), 'lru 128');
});

test('what was kept is taken up again, unless the configuration says something else by now', () => {
  const saved = { configured: LRU, strategy: 'lfu', maxBytes: 256 * KIB };
  const same = new TunedCache(LRU, 512 * KIB);
  same.strategy.restore(saved);
  assert.is(settingsOf(same), 'lfu 256');
  const configured = new TunedCache({ strategy: 'fifo', maxBytes: 128 * KIB }, 512 * KIB);
  configured.strategy.restore(saved);
  assert.is(settingsOf(configured), 'fifo 128');
  const smaller = new TunedCache(LRU, 0);
  smaller.strategy.restore(saved);
  assert.is(settingsOf(smaller), 'lru 128');
});

test('turned off, nobody watches the cache any more', async () => {
  const tuned = new TunedCache(LRU, 0);
  await tuned.engine.start();
  await tuned.serve(lookups(30_000, 3000, 11), 500);
  tuned.engine.disableOptimization('cache');
  await tuned.serve(lookups(30_000, 3000, 12), 500);
  assert.is(settingsOf(tuned), 'lru 128');
  assert.is(await tuned.strategy.propose(), null);
});

test.run();
