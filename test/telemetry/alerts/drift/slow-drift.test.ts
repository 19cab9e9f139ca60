import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DriftWatch } from '../../../../src/telemetry/alerts/drift/drift-watch.js';
import { rankShift } from '../../../../src/telemetry/alerts/drift/rank-shift.js';
import { slowDrift } from '../../../../src/telemetry/alerts/drift/slow-drift.js';
import type { LoadedHour } from '../../../../src/telemetry/alerts/drift/usual-at-load.js';
import { offHours, usualWeeks } from '../../../../src/telemetry/alerts/drift/usual-weeks.js';
import { gaussian, seeded } from '../../../seeded.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);
const UP = { direction: 'up', least: 0.06 } as const;

const always = (_: number): number => 1;

/** Latency of a road with rush hours, which grows with the load and faster where there is much. */
function days(count: number, { worse = always, busier = always } = {}): LoadedHour[] {
  const random = seeded(7);
  return Array.from({ length: count * 24 }, (_, i) => {
    const [day, hour] = [Math.floor(i / 24), i % 24];
    const rush = Math.exp(-((hour - 8) ** 2) / 8) + Math.exp(-((hour - 17) ** 2) / 10);
    const load = (3 + 5 * rush * (day % 7 >= 5 ? 0.6 : 1)) * busier(day) * (1 + 0.15 * gaussian(random));
    const value = (40 + 4 * load + 0.3 * load ** 2) * worse(day) * (1 + 0.02 * gaussian(random));
    return { t: START + i * HOUR, value, load };
  });
}

test('a latency that is a tenth longer for three days is found, with how much and since when', () => {
  const hours = days(35, { worse: (day) => (day >= 32 ? 1.1 : 1) });
  const verdict = slowDrift(hours, START + 35 * DAY, UP)!;
  assert.is(verdict.isWorse, true);
  assert.ok(Math.abs(verdict.shift - Math.log(1.1)) < 0.01, `${verdict.shift}`);
  assert.is(verdict.since, START + 32 * DAY);
  assert.ok(Math.abs(verdict.value / verdict.expected - 1.1) < 0.01);
});

test('a tenth better is not worse, and of an accuracy that falls the other way round', () => {
  const better = days(35, { worse: (day) => (day >= 32 ? 0.9 : 1) });
  assert.is(slowDrift(better, START + 35 * DAY, UP)!.isWorse, false);
  assert.is(slowDrift(better, START + 35 * DAY, { direction: 'down', least: 0.03 })!.isWorse, true);
});

test('three days with more to do than usual at these hours are not worse, though slower; without the load they would be', () => {
  const hours = days(35, { busier: (day) => (day >= 32 ? 1.35 : 1) });
  assert.is(slowDrift(hours, START + 35 * DAY, UP)!.isWorse, false);
  const blind = hours.map((hour) => ({ ...hour, load: null }));
  assert.is(slowDrift(blind, START + 35 * DAY, UP)!.isWorse, true);
});

test('one bad day is no drift, nor is what is over on the last day', () => {
  const one = days(35, { worse: (day) => (day === 34 ? 1.3 : 1) });
  assert.is(slowDrift(one, START + 35 * DAY, UP)!.isWorse, false);
  const over = days(35, { worse: (day) => (day === 32 || day === 33 ? 1.3 : 1) });
  assert.is(slowDrift(over, START + 35 * DAY, UP)!.isWorse, false);
});

test('what was as far off before in those weeks is nothing new', () => {
  const hours = days(35, { worse: (day) => (day >= 32 || (day >= 12 && day < 16) ? 1.1 : 1) });
  assert.is(slowDrift(hours, START + 35 * DAY, UP)!.isWorse, false);
});

test('of too few weeks, of too few of the last hours and of values that are none nothing is said', () => {
  const now = START + 35 * DAY;
  assert.is(slowDrift(days(12), START + 12 * DAY, UP), null);
  assert.is(
    slowDrift(
      days(35).filter(({ t }) => t < now - 2 * DAY),
      now,
      UP,
    ),
    null,
  );
  assert.is(
    slowDrift(
      days(35).map((hour) => ({ ...hour, value: 0 })),
      now,
      UP,
    ),
    null,
  );
});

test('what began less than three days ago is judged by the two days since, not by what was before it too', () => {
  const now = START + 35 * DAY;
  const hours = days(35, { worse: (day) => (day >= 33 ? 1.07 : 1) });
  const verdict = slowDrift(hours, now, UP)!;
  assert.is(verdict.isWorse, true);
  assert.ok(Math.abs(verdict.shift - Math.log(1.07)) < 0.005, `${verdict.shift}`);
  assert.is(slowDrift(days(35, { worse: (day) => (day >= 34 ? 1.07 : 1) }), now, UP)!.isWorse, false);
});

test('weeks are held against one another, as the last days are: four weeks of chance are as far off as a fifth', () => {
  const random = seeded(3);
  const hours = Array.from({ length: 28 * 24 }, (_, i) => ({
    t: START + i * HOUR,
    value: Math.exp(0.02 * gaussian(random)),
    load: null,
  }));
  const { offs, usual } = usualWeeks(hours, START + 28 * DAY);
  const spread = (some: readonly { off: number }[]) =>
    Math.sqrt(some.reduce((sum, { off }) => sum + off ** 2, 0) / some.length);
  const next = hours.map(({ t }) => ({ t: t + 28 * DAY, value: Math.exp(0.02 * gaussian(random)), load: null }));
  assert.is(offs.length, hours.length);
  assert.ok(Math.abs(spread(offs) / spread(offHours(next, usual)) - 1) < 0.1);
});

test('time is told apart as finely as it tells something: hours of the week, of working days, or not at all', () => {
  const series = (usualAt: (hour: number) => number) => {
    const random = seeded(5);
    return Array.from({ length: 28 * 24 }, (_, i) => ({
      t: START + i * HOUR,
      value: Math.exp(usualAt(i % 168) + 0.02 * gaussian(random)),
      load: null,
    }));
  };
  const offAt = (usualAt: (hour: number) => number, hour: number, value: number) =>
    usualWeeks(series(usualAt), START + 28 * DAY).usual.off({ t: START + 28 * DAY + hour * HOUR, value, load: null })!;
  // Wednesdays at noon
  const noon = 2 * 24 + 12;
  const wednesdays = (hour: number) => (Math.floor(hour / 24) === 2 ? 0.3 : 0);
  assert.ok(Math.abs(offAt(wednesdays, noon, Math.exp(0.3))) < 0.04);
  const noons = (hour: number) => (hour % 24 === 12 ? 0.3 : 0);
  assert.ok(Math.abs(offAt(noons, noon, Math.exp(0.3))) < 0.04);
  // chance of the few hours of one slot is nobody's habit
  const flat = series(() => 0);
  const { usual } = usualWeeks(flat, START + 28 * DAY);
  const offs = Array.from(
    { length: 168 },
    (_, i) => usual.off({ t: START + 28 * DAY + i * HOUR, value: 1, load: null })!,
  );
  assert.ok(Math.max(...offs) - Math.min(...offs) < 1e-9);
});

test('a drift holds while it lasts, at most two weeks, is known after a restart, and is over when it is over', () => {
  const lasting = days(70, { worse: (day) => (day >= 40 ? 1.1 : 1) });
  const read = (hours: readonly LoadedHour[]) => (from: number, to: number) =>
    hours.filter(({ t }) => t >= from && t < to);
  const watch = new DriftWatch(UP);
  const heldOn = (hours: readonly LoadedHour[], from: number, to: number, one = watch) =>
    Array.from({ length: to - from }, (_, i) => from + i).filter(
      (day) => one.look(START + day * DAY, read(hours)) !== null,
    );
  const held = heldOn(lasting, 36, 70);
  assert.ok(held[0]! >= 42 && held[0]! <= 43, held.join());
  assert.ok(held.at(-1)! >= 54 && held.at(-1)! <= 58, held.join());
  assert.is(held.length, held.at(-1)! - held[0]! + 1);
  const restarted = new DriftWatch(UP).look(START + 50 * DAY, read(lasting));
  assert.ok(restarted !== null);
  const mended = days(70, { worse: (day) => (day >= 40 && day < 46 ? 1.1 : 1) });
  const heldMended = heldOn(mended, 36, 70, new DriftWatch(UP));
  assert.ok(heldMended.at(-1)! >= 46 && heldMended.at(-1)! <= 48, heldMended.join());
});

test('the shift of ranks is that of Mann and Whitney', () => {
  // all of three are above all of three others: U = 9, mean 4.5, standard deviation root of 5.25
  assert.ok(Math.abs(rankShift([4, 5, 6], [1, 2, 3]) - 4.5 / Math.sqrt(5.25)) < 1e-12);
  assert.is(rankShift([1, 1], [1, 1]), 0);
  assert.is(rankShift([], [1]), 0);
});

test.run();
