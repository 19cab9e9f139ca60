import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countedOn, GrowingCount } from '../../../src/board/machine/counted.js';

test('a counter of 32 bits that wraps went on; one that began anew counted what it has', () => {
  assert.is(countedOn(100, 150), 50);
  assert.is(countedOn(2 ** 32 - 10, 15), 25);
  assert.is(countedOn(1000, 7), 7);
  assert.is(countedOn(2 ** 40, 7), 7, 'one of 64 bits does not wrap');
  assert.is(countedOn(2 ** 31 + 5, 2 ** 31), 2 ** 31, 'it cannot have wrapped so far');
});

test('a total grows over wraps and new beginnings, from 0 at the first reading', () => {
  const count = new GrowingCount();
  assert.is(count.total, null);
  assert.is(count.read(2 ** 32 - 100), null);
  assert.is(count.total, 0);
  assert.is(count.read(50), 150);
  assert.is(count.read(20), 20);
  assert.is(count.total, 170);
});

test('while it cannot be read there is no total, and afterwards the old one goes on', () => {
  const count = new GrowingCount();
  count.read(10);
  count.read(30);
  assert.is(count.read(null), null);
  assert.is(count.total, null);
  assert.is(count.read(90), null, 'what it counted meanwhile nobody saw');
  assert.is(count.total, 20);
  assert.is(count.read(91), 1);
  assert.is(count.total, 21);
});

test.run();
