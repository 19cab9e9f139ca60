import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mean, quantile } from '../../src/foundation/statistics.js';

test('a quantile between two numbers is interpolated', () => {
  assert.is(quantile([40, 10, 30, 20], 0.5), 25);
  assert.is(quantile([10, 20, 30, 40, 50], 0.95), 48);
});

test('the quantiles 0 and 1 are the least and the greatest number', () => {
  assert.equal([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1)], [1, 3]);
});

test('numbers are put in order as numbers, and the list is left as it is', () => {
  const numbers = [10, 9, 100];
  assert.is(quantile(numbers, 0.5), 10);
  assert.equal(numbers, [10, 9, 100]);
});

test('of no numbers there is neither quantile nor mean', () => {
  assert.equal([quantile([], 0.5), mean([])], [null, null]);
});

test('a mean is the sum by the count', () => {
  assert.is(mean([1, 2, 6]), 3);
});

test.run();
