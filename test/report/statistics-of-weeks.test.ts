import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dateAfter, weekdayOf } from '../../src/report/day/local-day.js';
import { changePoints } from '../../src/report/week/change-points.js';
import { withoutWeekdays } from '../../src/report/week/daily-values.js';
import { holm, mannKendall, normalShareBelow } from '../../src/report/week/mann-kendall.js';
import { theilSen } from '../../src/report/week/theil-sen.js';
import { seeded } from '../seeded.js';

const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const close = (actual: number, expected: number, within: number) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} ± ${within}`);

/** Numbers whose neighbours are alike, by `rho`. */
function alike(count: number, rho: number, seed: number): number[] {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let value = normal();
  return indexes(count).map(() => {
    value = rho * value + Math.sqrt(1 - rho * rho) * normal();
    return value;
  });
}

test('Theil and Sen find the slope whatever one point says', () => {
  const line = theilSen([0, 1, 2, 3, 4], [1, 3, 100, 7, 9])!;
  // the ten slopes: 2 six times, and those with the outlier
  assert.is(line.slope, 2);
  assert.is(line.intercept, 1);
  assert.is(theilSen([1], [1]), null);
  const exact = theilSen(
    indexes(20),
    indexes(20).map((x) => 5 - x / 2),
  )!;
  assert.equal([exact.slope, exact.low, exact.high], [-0.5, -0.5, -0.5]);
});

test('Mann and Kendall count pairs, ties as Kendall does', () => {
  // worked out by hand: ten values that rise but for one pair: S = 45 - 2, Var = 10·9·25/18 = 125, z = 42 / √125 = 3.7566
  const rising = [1, 2, 3, 4, 6, 5, 7, 8, 9, 10];
  const test_ = mannKendall(indexes(10), rising)!;
  assert.is(test_.s, 43);
  close(test_.p, 1.7224e-4, test_.inflation === 1 ? 1e-7 : 1);
  assert.is(test_.inflation, 1);
  assert.is(mannKendall(indexes(10), new Array(10).fill(4)), null);
  assert.is(mannKendall(indexes(5), [1, 2, 3, 4, 5]), null);
  // five ties of two: Var = (10·9·25 - 5·2·1·9) / 18 = 120, S = 40, z = 39 / √120
  const tied = mannKendall(indexes(10), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])!;
  assert.is(tied.s, 40);
  close(tied.p, 2 * (1 - normalShareBelow(39 / Math.sqrt(120 * tied.inflation))), 1e-12);
});

test('the normal distribution is that of the tables', () => {
  close(normalShareBelow(0), 0.5, 1e-7);
  close(normalShareBelow(1.959964), 0.975, 1e-6);
  close(normalShareBelow(-2.575829), 0.005, 1e-6);
});

test('days that are alike make no trend', () => {
  const found = indexes(200).filter((seed) => mannKendall(indexes(84), alike(84, 0.5, seed + 1))!.p < 0.05).length;
  const independent = indexes(200).filter((seed) => mannKendall(indexes(84), alike(84, 0, seed + 1))!.p < 0.05).length;
  assert.ok(found / 200 < 0.2, `${found} of 200 with ρ = 0.5; uncorrected there are some 70`);
  assert.ok(independent / 200 < 0.1, `${independent} of 200 independent ones`);
  const rising = alike(84, 0.5, 3).map((value, day) => value + day * 0.05);
  assert.ok(mannKendall(indexes(84), rising)!.p < 0.01);
});

test('Holm corrects for many figures, in their own order', () => {
  assert.equal(
    holm([0.04, 0.01, 0.03]).map((p) => Number(p.toFixed(4))),
    [0.06, 0.03, 0.06],
  );
  assert.equal(holm([]), []);
  assert.equal(holm([0.9, 0.8]), [1, 1]);
});

test('a new level is found where it begins, and noise, a trend or one bad day is none', () => {
  const noise = alike(84, 0.2, 11);
  const stepped = noise.map((value, day) => 100 + 2 * value + (day >= 50 ? 9 : 0));
  const [change, ...more] = changePoints(stepped);
  assert.equal(more, []);
  assert.ok(Math.abs(change!.index - 50) <= 1, `at ${change!.index}`);
  close(change!.after - change!.before, 9, 1.5);
  assert.equal(changePoints(noise.map((value) => 100 + 2 * value)), []);
  assert.equal(changePoints(indexes(84).map((day) => (day === 40 ? 0 : 100))), []);
  assert.equal(changePoints([1, 2, 3]), []);
  const falsely = indexes(100).filter(
    (seed) => changePoints(alike(84, 0.5, seed + 1).map((v) => 100 + 3 * v)).length > 0,
  );
  assert.ok(falsely.length <= 5, `${falsely.length} of 100`);
});

test('Sundays are no change, and a missing day is no 0', () => {
  const days = indexes(84).map((index) => {
    const date = dateAfter('2026-09-07', index);
    return { date, value: index === 30 ? null : (weekdayOf(date) === 6 ? 500 : 1000) + (index >= 42 ? 100 : 0) };
  });
  const level = withoutWeekdays(days);
  assert.is(level.length, 83);
  assert.not.ok(level.some(({ index }) => index === 30));
  const changes = changePoints(level.map(({ value }) => value));
  assert.equal(
    changes.map(({ index }) => level[index]!.index),
    [42],
  );
});

test.run();
