import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OpenStep } from '../../../src/store/series/open-step.js';
import { mergedPoint, type SeriesPoint, spreadOf } from '../../../src/store/series/series-point.js';
import { DISTRIBUTIONS, nearestRank, numbersOf } from './distributions.js';

function pointOf(numbers: readonly number[], t = 0): SeriesPoint {
  const step = new OpenStep();
  for (const number of numbers) step.add(number);
  return step.pointAt(t)!;
}

/** Points of 60 numbers each, as minutes are. */
function minutesOf(numbers: readonly number[]): SeriesPoint[] {
  const minutes: SeriesPoint[] = [];
  for (let i = 0; i < numbers.length; i += 60) minutes.push(pointOf(numbers.slice(i, i + 60), i * 1000));
  return minutes;
}

/** How far a merged p95 is off, as a share of the range from the least number to the true p95. */
function errorOf(numbers: readonly number[]): number {
  const truth = nearestRank(numbers, 0.95);
  const off = Math.abs(mergedPoint(0, minutesOf(numbers)).p95 - truth);
  // where all numbers are one, as a share of that
  return off / (truth - nearestRank(numbers, 0) || truth);
}

test('points as one: minimum, maximum, mean and count are exact', () => {
  const merged = mergedPoint(60_000, [
    { t: 60_000, min: 1, mean: 2, max: 4, p95: 4, count: 10 },
    { t: 70_000, min: 0, mean: 5, max: 9, p95: 8, count: 30 },
  ]);
  assert.is(merged.t, 60_000);
  assert.is(merged.min, 0);
  assert.is(merged.max, 9);
  assert.is(merged.mean, 4.25);
  assert.is(merged.count, 40);
});

test('the p95 of points as one lies between theirs, and is theirs where they agree', () => {
  for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 3600)) {
    const minutes = minutesOf(numbers);
    const { p95 } = mergedPoint(0, minutes);
    const each = minutes.map((point) => point.p95);
    assert.ok(p95 >= Math.min(...each) && p95 <= Math.max(...each), `${name}: ${p95}`);
    const one = minutes[7]!;
    assert.equal(mergedPoint(one.t, [one, one, one]).p95, one.p95);
  }
});

test('the p95 of an hour out of its minutes is off by at most a tenth where a metric is steady', () => {
  for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 3600)) {
    assert.ok(errorOf(numbers) <= 0.1, `${name}: ${errorOf(numbers)}`);
  }
});

test('and by at most a quarter where it tripled for a part of the hour, 0.6 where that is about a twentieth of it', () => {
  for (const [minutes, most] of [
    [2, 0.6],
    [3, 0.6],
    [4, 0.6],
    [12, 0.26],
    [30, 0.26],
  ] as const) {
    for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 3600)) {
      const changed = numbers.map((number, i) => (i < minutes * 60 ? 3 * number : number));
      assert.ok(errorOf(changed) <= most, `${name}, ${minutes} min: ${errorOf(changed)}`);
    }
  }
});

test('a point is spread into values of its count, within its bounds, about its mean', () => {
  for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 60)) {
    const point = pointOf(numbers);
    let count = 0;
    let sum = 0;
    for (const [value, weight] of spreadOf(point)) {
      assert.ok(value >= point.min && value <= point.max, `${name}: ${value}`);
      count += weight;
      sum += value * weight;
    }
    assert.ok(Math.abs(count - 60) < 1e-9, name);
    assert.ok(Math.abs(sum / count - point.mean) <= 0.05 * (point.max - point.min), `${name}: ${sum / count}`);
  }
});

test.run();
