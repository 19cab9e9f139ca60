import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceHours, MADE_UP_LATENCY } from '../../../bench/drift/device-hours.js';
import { driftAlerts, RIVALS } from '../../../bench/drift/drift-finders.js';
import { findLosses, quietAlarms } from '../../../bench/drift/drift-score.js';
import { realHours } from '../../../bench/drift/real-hours.js';
import type { LoadedHour } from '../../../src/telemetry/alerts/drift/usual-at-load.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const UP = { direction: 'up', least: 0.06 } as const;

/** A road with one rush hour. */
const road = (weeks: number) => ({
  name: 'road',
  from: START,
  values: Float64Array.from({ length: weeks * 168 }, (_, i) => 100 + 80 * Math.sin((i / 12) * Math.PI)),
});

/** Says so where the last value is above a limit. */
const above = (limit: number) => ({
  name: 'above',
  make: () => ({ look: (hours: readonly LoadedHour[]) => hours.at(-1)!.value > limit }),
});

test('the metric of a device follows its load, is the same with the same seed, and unknown hours are left out', () => {
  const series = road(2);
  series.values[5] = Number.NaN;
  const hours = deviceHours(series, MADE_UP_LATENCY, 1);
  assert.is(hours.length, 2 * 168 - 1);
  assert.equal(deviceHours(series, MADE_UP_LATENCY, 1), hours);
  assert.not.equal(deviceHours(series, MADE_UP_LATENCY, 2), hours);
  const busy = hours.filter(({ load }) => load! > 0.9);
  assert.ok(busy.every(({ value }) => value > 55 && value < 85));
});

test('a loss is found at the hour at which it is said, counted from its first; what is said before it counts for nothing', () => {
  const flat = Array.from({ length: 12 * 168 }, (_, i) => ({ t: START + i * HOUR, value: 1, load: null }));
  // it grows to a tenth in a day: above 5 % after half of one
  const { losses, days } = findLosses(flat, above(1.05), { rule: UP, loss: 0.1, most: 3 });
  assert.ok(losses >= 2, `${losses}`);
  assert.is(days.length, losses);
  assert.ok(days.every((after) => after === 13 / 24));
  assert.equal(findLosses(flat, above(0.5), { rule: UP, loss: 0.1, most: 3 }), { losses: 0, days: [] });
  assert.equal(findLosses(flat, above(2), { rule: UP, loss: 0.1, most: 3 }).days, []);
});

test('a loss of which most hours are not known is no case', () => {
  const few = Array.from({ length: 12 * 168 }, (_, i) => ({ t: START + i * HOUR, value: 1, load: null })).filter(
    (_, i) => i % 3 === 0,
  );
  assert.is(findLosses(few, above(1.05), { rule: UP, loss: 0.1, most: 3 }).losses, 0);
});

test('an alarm counts once while it is said, and weeks without hours are none', () => {
  const hours = Array.from({ length: 12 * 168 }, (_, i) => ({
    t: START + i * HOUR,
    value: i >= 7 * 168 && i < 8 * 168 ? 2 : 1,
    load: null,
  })).filter((_, i) => i < 9 * 168 || i >= 11 * 168);
  const { alarms, weeks } = quietAlarms(hours, above(1.5), UP);
  assert.equal(alarms, [START + (7 * 168 + 6) * HOUR]);
  assert.ok(Math.abs(weeks - (10 - 31 / 7)) < 0.1, `${weeks}`);
});

test('the program and each rival find a jump of a half, and say nothing of weeks without one', () => {
  const hours = deviceHours(road(8), { ...MADE_UP_LATENCY, wanders: 0.002 }, 3);
  const from = START + 50 * 24 * HOUR;
  const jumped = hours.map((hour) => (hour.t < from ? hour : { ...hour, value: 1.5 * hour.value }));
  for (const method of [driftAlerts, ...RIVALS]) {
    const look = (some: readonly LoadedHour[]) => method.make(UP).look(some, from + 60 * HOUR);
    assert.is(look(jumped.filter(({ t }) => t < from + 60 * HOUR)), true, method.name);
    assert.is(look(hours.filter(({ t }) => t < from + 60 * HOUR)), false, method.name);
  }
});

test('recorded series of six weeks are taken, hour by hour, with the times that people labelled', () => {
  const times = Array.from({ length: 7 * 168 * 2 }, (_, i) => START + (i * HOUR) / 2);
  const values = times.map((_, i) => i % 2);
  const [one, ...others] = realHours([
    { file: 'realKnownCause/taxi.csv', times, values, windows: [[2, 4]] },
    { file: 'realKnownCause/short.csv', times: times.slice(0, 168), values: values.slice(0, 168), windows: [] },
    { file: 'artificialNoAnomaly/flat.csv', times, values, windows: [] },
  ]);
  assert.equal(others, []);
  assert.is(one!.name, 'taxi');
  assert.is(one!.hours.length, 7 * 168);
  assert.equal(one!.hours[0], { t: START, value: 0.5, load: null });
  assert.equal(one!.windows, [[START + HOUR, START + 2 * HOUR]]);
});

test.run();
