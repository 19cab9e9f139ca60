import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../src/cache/cache.js';
import type { EntryOptions } from '../../src/cache/options.js';
import { needs } from '../optional.js';
import { eventually } from '../temporary.js';
import { Clock, cacheOn, freshFile, open } from './parts.js';

const onDisk = needs('better-sqlite3', test);

test('a refresh that fails leaves the old value until its grace ends, and is tried again a second later', async () => {
  const clock = new Clock();
  const cache = new Cache({ now: clock.now });
  const failed: unknown[] = [];
  cache.events.on('refreshFailed', (key, error) => failed.push([key, (error as Error).message]));
  let calls = 0;
  const failing = () => {
    calls++;
    throw new Error('no link');
  };
  cache.set('a', 'old', { ttl: 100, grace: 5000 });
  clock.at += 100;
  for (let i = 0; i < 3; i++) {
    assert.is(await cache.getOrSet<string>('a', failing), 'old');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.is(calls, 1);
  clock.at += 1000;
  await cache.getOrSet<string>('a', failing);
  assert.is(calls, 2);
  assert.equal(failed[0], ['a', 'no link']);
  assert.is(cache.getStats().staleServed, 4);
  clock.at += 4000;
  await cache.getOrSet<string>('a', failing).then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'no link'),
  );
});

onDisk('a lookup says which tier had the value, and counts as a get', () => {
  const file = freshFile();
  const first = cacheOn(file);
  first.set('a', 1);
  assert.equal(first.lookup('a'), { value: 1, tier: 'memory' });
  first.stop();
  const second = cacheOn(file);
  assert.equal(second.lookup('a'), { value: 1, tier: 'disk' });
  assert.equal(second.lookup('a'), { value: 1, tier: 'memory' });
  assert.is(second.lookup('b'), undefined);
  const { memory, disk } = second.getStats();
  assert.equal([memory!.hits, memory!.misses, disk!.hits, disk!.misses], [1, 2, 1, 1]);
  second.stop();
});

test('jitter shortens the ttl by a share that chance draws', () => {
  const clock = new Clock();
  const cache = new Cache({ now: clock.now, random: () => 0.5 });
  cache.set('a', 1, { ttl: 1000, jitter: 0.2 });
  clock.at += 899;
  assert.is(cache.has('a'), true);
  clock.at += 1;
  assert.is(cache.has('a'), false);
});

test('a factory that hangs ends in an error, and the next caller starts afresh', async () => {
  const cache = new Cache({ factoryTimeout: 20 });
  const keepAlive = setTimeout(() => undefined, 5000);
  const hanging = () => new Promise<number>(() => undefined);
  await cache.getOrSet('a', hanging).then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, 'E_TIMEOUT'),
  );
  assert.is(await cache.getOrSet('a', () => 2), 2);
  clearTimeout(keepAlive);
});

onDisk('counts hits and misses per tier, and has no ratio before the first lookup', () => {
  const cache = cacheOn(freshFile());
  assert.is(cache.getStats().memory!.hitRatio, null);
  assert.is(cache.getStats().memory!.meanLatencyMs, null);
  cache.set('a', 1);
  cache.get('a');
  cache.get('b');
  const { memory, disk } = cache.getStats();
  assert.equal([memory!.hits, memory!.misses, memory!.hitRatio], [1, 1, 0.5]);
  assert.equal([disk!.hits, disk!.misses, disk!.hitRatio], [0, 1, 0]);
  assert.ok(memory!.meanLatencyMs! >= 0);
  cache.stop();
});

test('tells what happens, and a listener that throws breaks nothing', () => {
  const cache = new Cache({ memory: { maxBytes: 500, strategy: 'fifo' } });
  const told: unknown[] = [];
  for (const name of ['hit', 'miss', 'set', 'delete', 'evict', 'invalidate', 'clear'] as const) {
    cache.events.on(name, (...args: unknown[]) => told.push([name, ...args]));
  }
  cache.set('a', 1);
  cache.get('a');
  cache.set('b', 2);
  cache.set('c', 3);
  cache.get('a');
  cache.delete('b');
  cache.invalidateByTags(['t']);
  cache.clear();
  assert.equal(told, [
    ['set', 'a'],
    ['hit', 'a', 'memory'],
    ['set', 'b'],
    ['evict', 'a', 'memory', 'budget'],
    ['set', 'c'],
    ['miss', 'a'],
    ['delete', 'b'],
    ['invalidate', ['t'], 'local'],
    ['clear'],
  ]);
  cache.events.on('set', () => {
    throw new Error('a bad listener');
  });
  cache.set('d', 4);
  assert.is(cache.get('d'), 4);
});

test('refuses what cannot be, with every problem named', () => {
  const cache = new Cache();
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  for (const value of [undefined, () => 1, Symbol('x'), Promise.resolve(1), cyclic]) {
    assert.throws(() => cache.set('a', value), TypeError);
  }
  const impossible = () => cache.set('', 1, { ttl: 0, jitter: 2, tags: [''] });
  assert.throws(impossible, RangeError);
  assert.throws(impossible, /^the entry cannot be cached:(\n {2}\S.*){4}$/);
  const wrongKinds = { ttl: '5', grace: '5', jitter: '0', negativeTtl: '5', tags: 'abc' } as unknown as EntryOptions;
  assert.throws(() => cache.set('a', 1, wrongKinds), /^the entry cannot be cached:(\n {2}\S.*){5}$/);
  // UTF-8 has no bytes for half a character: a file would take one such key for another
  assert.throws(() => cache.set('\ud800', 1, { tags: ['\udfff'] }), /^the entry cannot be cached:(\n {2}\S.*){2}$/);
  assert.throws(() => new Cache({ memory: { maxBytes: Number.NaN } }), RangeError);
  assert.throws(() => new Cache({ memory: { maxBytes: Number.NaN } }), /memory.maxBytes/);
  const unknown = () => new Cache({ memory: { strategy: 'lruu' as 'lru' } });
  assert.throws(unknown, RangeError);
  assert.throws(unknown, /memory\.strategy: expected one of lru, lfu, fifo, ttl, got 'lruu'/);
  assert.throws(() => cache.invalidateByTags(['x'.repeat(257)]), RangeError);
  assert.throws(() => cache.invalidateByTags(['x'.repeat(257)]), /1 to 256/);
});

onDisk('writes by itself within a second or so, and stopping writes the rest', async () => {
  const file = freshFile();
  const cache = new Cache({ disk: { open: () => open(file), flushInterval: 20 } });
  cache.start();
  cache.set('a', 1);
  const deadline = Date.now() + 5000;
  while (cache.getStats().disk!.pending > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(cache.getStats().disk!.entries, 1);
  cache.set('b', 2);
  cache.stop();
  const again = cacheOn(file);
  assert.equal([again.get('a'), again.get('b')], [1, 2]);
  again.stop();
});

onDisk('entries may wait longer than what says that something is stale', async () => {
  const file = freshFile();
  const clock = new Clock();
  const cache = cacheOn(file, {
    disk: { open: () => open(file), flushInterval: 5, entriesInterval: 60_000 },
    now: clock.now,
  });
  const written = () => eventually('written', () => cache.getStats().disk!.pending === 0);
  cache.set('a', 1, { tags: ['t'] });
  cache.set('b', 1);
  await written();
  cache.set('c', 1);
  clock.at += 59_000;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(cache.getStats().disk!.pending, 1);
  cache.delete('b');
  await written();
  cache.set('d', 1);
  clock.at += 60_000;
  await written();
  assert.is(cache.getStats().disk!.entries, 3);
  cache.set('e', 1);
  cache.stop();
  const again = cacheOn(file);
  assert.equal(
    ['a', 'b', 'c', 'd', 'e'].map((key) => again.get(key)),
    [1, undefined, 1, 1, 1],
  );
  again.stop();
});

test.run();
