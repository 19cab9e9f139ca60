import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NumberSet } from '../../../src/collector/numbers/number-set.js';
import { seeded } from '../../seeded.js';

test('numbers that follow each other are one range, in whatever order they come', () => {
  const numbers = new NumberSet();
  for (const n of [5, 3, 4, 9, 1]) assert.is(numbers.add(n), true);
  assert.equal(numbers.ranges, [
    [1, 1],
    [3, 5],
    [9, 9],
  ]);
  assert.is(numbers.add(4), false);
  assert.is(numbers.add(2), true);
  assert.equal(numbers.ranges, [
    [1, 5],
    [9, 9],
  ]);
  assert.equal([numbers.size, numbers.has(5), numbers.has(6)], [6, true, false]);
});

test('what is missing is told as ranges', () => {
  const numbers = new NumberSet();
  for (const n of [3, 4, 8]) numbers.add(n);
  assert.equal(numbers.missing(1, 10), [
    [1, 2],
    [5, 7],
    [9, 10],
  ]);
  assert.equal(numbers.missing(3, 4), []);
  assert.equal(numbers.missing(5, 4), []);
});

test('it holds what a set holds', () => {
  const random = seeded(7);
  const numbers = new NumberSet();
  const known = new Set<number>();
  for (let i = 0; i < 3000; i++) {
    const n = Math.floor(random() * 500);
    assert.is(numbers.add(n), !known.has(n));
    known.add(n);
  }
  assert.is(numbers.size, known.size);
  for (let n = 0; n < 500; n++) assert.is(numbers.has(n), known.has(n));
});

test.run();
