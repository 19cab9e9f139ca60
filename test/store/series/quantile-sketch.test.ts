import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QuantileSketch } from '../../../src/store/series/quantile-sketch.js';
import { DISTRIBUTIONS, nearestRank, numbersOf } from './distributions.js';

const QUANTILES = [0, 0.01, 0.5, 0.95, 0.999, 1];

function sketchOf(numbers: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const number of numbers) sketch.add(number);
  return sketch;
}

function isWithin1Percent(actual: number | null, expected: number, what: string): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= 0.01 * Math.abs(expected),
    `${what}: expected ${expected} within 1 %, got ${actual}`,
  );
}

test('a quantile is within 1 % of the number at that rank, whatever the distribution', () => {
  for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 3600)) {
    const sketch = sketchOf(numbers);
    for (const q of QUANTILES) isWithin1Percent(sketch.quantile(q), nearestRank(numbers, q), `${name} at ${q}`);
  }
});

test('sketches that are merged give what one sketch of all numbers gives', () => {
  for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 3600)) {
    const together = new QuantileSketch();
    for (let i = 0; i < numbers.length; i += 60) together.merge(sketchOf(numbers.slice(i, i + 60)));
    for (const q of QUANTILES) assert.is(together.quantile(q), sketchOf(numbers).quantile(q), `${name} at ${q}`);
  }
});

test('numbers below 0, zeros and numbers too small to matter have their place', () => {
  const sketch = sketchOf([-100, -1, 0, 1e-12, 1, 1e12]);
  isWithin1Percent(sketch.quantile(0), -100, 'least');
  isWithin1Percent(sketch.quantile(2 / 6), -1, 'second');
  assert.is(sketch.quantile(3 / 6), 0);
  assert.is(sketch.quantile(4 / 6), 0);
  isWithin1Percent(sketch.quantile(1), 1e12, 'largest');
});

test('a weight counts as so many numbers, and a sketch of none has no quantile', () => {
  const sketch = new QuantileSketch();
  assert.is(sketch.quantile(0.5), null);
  sketch.add(10, 0.5);
  sketch.add(20, 9.5);
  isWithin1Percent(sketch.quantile(0.05), 10, 'share 0.05');
  isWithin1Percent(sketch.quantile(0.06), 20, 'share 0.06');
});

test.run();
