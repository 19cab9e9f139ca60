import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TagTimes } from '../../src/cache/tags.js';

test('an entry made in the same millisecond before an invalidation is stale, one made after it is not', () => {
  const tags = new TagTimes(() => 1000);
  const before = tags.stamp();
  tags.invalidate(['a']);
  assert.is(tags.isStale(['a'], before), true);
  assert.is(tags.isStale(['a'], tags.stamp()), false);
  assert.is(tags.isStale(['b'], before), false);
});

test('times never go back with the clock', () => {
  let now = 5000;
  const tags = new TagTimes(() => now);
  const [[, first]] = tags.invalidate(['a']) as [[string, number]];
  now = 10;
  const [[, second]] = tags.invalidate(['a']) as [[string, number]];
  assert.is(first, 5001);
  assert.is(second, 5002);
});

test('a restart goes on after the newest time it finds', () => {
  const tags = new TagTimes(() => 10);
  tags.load([['a', 7000]]);
  assert.is(tags.stamp(), 7000);
  assert.is(tags.isStale(['a'], 6999), true);
});

test('beyond its bound it forgets too much, never too little', () => {
  let now = 0;
  const tags = new TagTimes(() => now, 10);
  for (now = 100; now < 100 + 200; now += 10) tags.invalidate([`t${now}`]);
  assert.ok(tags.count <= 10);
  for (let at = 100; at < 300; at += 10) assert.is(tags.isStale([`t${at}`], at), true, `t${at}`);
  assert.is(tags.isStale(['other'], 100), true);
  assert.is(tags.isStale(['other'], 299), false);
  assert.is(tags.isStale([], 100), false);
});

test.run();
