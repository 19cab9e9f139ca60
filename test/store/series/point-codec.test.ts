import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OpenStep } from '../../../src/store/series/open-step.js';
import { decodePoints, encodePoints } from '../../../src/store/series/point-codec.js';
import type { SeriesPoint } from '../../../src/store/series/series-point.js';
import { DISTRIBUTIONS, numbersOf } from './distributions.js';

const T = 500_000 * 3_600_000;
const STEP = 10_000;

const flat = (step: number, value: number, count = 10): SeriesPoint => {
  return { t: T + step * STEP, min: value, mean: value, max: value, p95: value, count };
};
const again = (points: readonly SeriesPoint[]) => decodePoints(encodePoints(points, T, STEP), T, STEP);

test('whole numbers come back as they were, with gaps and counts', () => {
  const points: SeriesPoint[] = [
    flat(3, 0),
    flat(4, 0),
    flat(5, 0),
    flat(9, 2_147_483_647, 3),
    flat(10, -2_147_483_648, 3),
    { t: T + 11 * STEP, min: -5, mean: 7, max: 90, p95: 90, count: 10_000_000 },
    flat(359, 1),
  ];
  assert.equal(again(points), points);
  assert.equal(again([]), []);
});

test('other numbers keep seven digits, the p95 is within a 65,535th of the range', () => {
  for (const [name, numbers] of numbersOf(DISTRIBUTIONS, 3600)) {
    const points = Array.from({ length: 60 }, (_, i) => {
      const step = new OpenStep();
      for (const number of numbers.slice(60 * i, 60 * (i + 1))) step.add(number);
      return step.pointAt(T + i * STEP)!;
    });
    for (const [i, point] of again(points).entries()) {
      const { t, min, mean, max, p95, count } = points[i]!;
      assert.is(point.t, t);
      assert.is(point.count, count);
      for (const [is, was] of [
        [point.min, min],
        [point.mean, mean],
        [point.max, max],
      ] as const) {
        assert.ok(Math.abs(is - was) <= 1e-7 * Math.max(Math.abs(min), Math.abs(max)), `${name}: ${is} was ${was}`);
      }
      assert.ok(Math.abs(point.p95 - p95) <= (max - min) / 65_000 + 1e-7 * Math.abs(max), `${name}: p95`);
      assert.ok(point.min <= point.mean && point.mean <= point.max && point.p95 <= point.max, name);
    }
  }
});

test('an hour in which nothing changes is 11 bytes, one of a noisy gauge 14 a point', () => {
  assert.is(
    encodePoints(
      Array.from({ length: 360 }, (_, i) => flat(i, 1.5)),
      T,
      STEP,
    ).length,
    11,
  );
  const noisy = Array.from({ length: 360 }, (_, i) => {
    return { t: T + i * STEP, min: i + 0.1, mean: i + 0.2, max: i + 0.3, p95: i + 0.3, count: 10 };
  });
  assert.is(encodePoints(noisy, T, STEP).length, 360 * 14 + 3);
});

test('chunks one after the other are read as one, in their order', () => {
  const [first, second] = [
    [flat(0, 1), flat(1, 1)],
    [flat(1, 2.5), flat(8, 2.5)],
  ];
  const bytes = Buffer.concat([encodePoints(first!, T, STEP), encodePoints(second!, T, STEP)]);
  assert.equal(decodePoints(bytes, T, STEP), [...first!, ...second!]);
});

test('numbers beyond what a float of 32 bits holds become the largest it does', () => {
  const [point] = again([flat(0, 1e300)]);
  assert.ok(point!.max > 3.3e38 && Number.isFinite(point!.max));
});

test('bytes that end in the middle of a point are refused, and so are more points than there can be', () => {
  const bytes = encodePoints([flat(0, 1), flat(5, 2.5), flat(9, 7)], T, STEP);
  for (let length = 1; length < bytes.length; length++) {
    assert.throws(() => decodePoints(bytes.subarray(0, length), T, STEP), RangeError);
  }
  assert.throws(() => decodePoints(Buffer.from([0xff, 0xff, 0xff, 0x7f, 0, 0xff, 0x7f]), T, STEP), /268435455 points/);
});

test.run();
