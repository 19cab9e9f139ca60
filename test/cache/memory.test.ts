import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Entry, makeEntry } from '../../src/cache/entry.js';
import { MemoryTier, type StrategyName } from '../../src/cache/memory.js';
import { seeded } from '../seeded.js';
import { STRATEGY_NAMES } from './parts.js';

function entry(bytes: number, ttl = Number.POSITIVE_INFINITY): Entry {
  return makeEntry('x', bytes, 0, [], { ttl, grace: 0, jitter: 0 }, 0, 0);
}

function tier(strategy: StrategyName, maxBytes: number) {
  const evicted: string[] = [];
  const memory = new MemoryTier({ strategy, maxBytes, onEvict: (key, reason) => evicted.push(`${key} ${reason}`) });
  return { memory, evicted };
}

for (const strategy of STRATEGY_NAMES) {
  test(`${strategy}: never holds more bytes than its budget, and knows how many it holds`, () => {
    const random = seeded(3);
    const { memory } = tier(strategy, 10_000);
    const sizes = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const key = `k${Math.floor(random() * 300)}`;
      if (random() < 0.5) memory.read(key);
      else if (random() < 0.1) memory.delete(key);
      else {
        const bytes = 1 + Math.floor(random() ** 4 * 12_000);
        sizes.set(key, bytes);
        memory.write(key, entry(bytes, 1 + random() * 1000));
      }
      assert.ok(memory.stats().bytes <= 10_000);
    }
    let held = 0;
    for (const key of sizes.keys()) held += memory.peek(key)?.bytes ?? 0;
    assert.is(memory.stats().bytes, held);
  });

  test(`${strategy}: refuses an entry larger than the budget, and forgets what it replaces`, () => {
    const { memory, evicted } = tier(strategy, 100);
    memory.write('a', entry(50));
    memory.write('a', entry(101));
    assert.is(memory.peek('a'), undefined);
    assert.equal(evicted, ['a tooLarge']);
  });
}

test('lru: what was used longest ago goes first', () => {
  const { memory, evicted } = tier('lru', 30);
  for (const key of ['a', 'b', 'c']) memory.write(key, entry(10));
  memory.read('a');
  memory.write('d', entry(10));
  assert.equal(evicted, ['b budget']);
});

test('fifo: what came first goes first, used or not', () => {
  const { memory, evicted } = tier('fifo', 30);
  for (const key of ['a', 'b', 'c']) memory.write(key, entry(10));
  memory.read('a');
  memory.write('d', entry(20));
  assert.equal(evicted, ['a budget', 'b budget']);
});

test('ttl: what expires soonest goes first', () => {
  const { memory, evicted } = tier('ttl', 30);
  memory.write('a', entry(10, 300));
  memory.write('b', entry(10, 100));
  memory.write('c', entry(10, 200));
  memory.write('d', entry(20, 400));
  assert.equal(evicted, ['b budget', 'c budget']);
});

test('lfu: what is asked for often stays while newcomers pass', () => {
  const { memory } = tier('lfu', 1000);
  memory.write('favourite', entry(10));
  for (let i = 0; i < 5; i++) memory.read('favourite');
  for (let i = 0; i < 1000; i++) memory.write(`scan${i}`, entry(10));
  assert.ok(memory.peek('favourite'));
});

/** The first place at which the sums reach the target. */
function rankOf(sums: Float64Array, target: number): number {
  let low = 0;
  for (let high = sums.length - 1; low < high; ) {
    const middle = (low + high) >> 1;
    if (sums[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Reads of 20 000 popular keys (Zipf, exponent 0.9), with a scan over keys read once after every 1000. */
function hitRatio(strategy: StrategyName): number {
  const random = seeded(11);
  const cumulative = new Float64Array(20_000);
  let sum = 0;
  for (let i = 0; i < cumulative.length; i++) cumulative[i] = sum += 1 / (i + 1) ** 0.9;
  const { memory } = tier(strategy, 100 * 1000);
  let hits = 0;
  let scanned = 0;
  const look = (key: string) => {
    if (memory.read(key)) return true;
    memory.write(key, entry(100));
    return false;
  };
  for (let i = 0; i < 100_000; i++) {
    const target = random() * sum;
    if (look(`z${rankOf(cumulative, target)}`)) hits++;
    if (i % 1000 === 0) for (let j = 0; j < 1000; j++) look(`s${scanned++}`);
  }
  return hits / 100_000;
}

test('lfu resists scans: its hit ratio is far above that of lru on popular keys with scans between', () => {
  const lru = hitRatio('lru');
  const lfu = hitRatio('lfu');
  console.log(`hit ratio lru ${lru.toFixed(3)}, lfu ${lfu.toFixed(3)}`);
  assert.ok(lfu > lru + 0.08, `lru ${lru}, lfu ${lfu}`);
});

test.run();
