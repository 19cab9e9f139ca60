import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adaptiveInterval } from '../../src/forecast/adaptive-interval.js';
import { forecast } from '../../src/forecast/forecast.js';
import { HOUR_MS, HOURS_OF_WEEK } from '../../src/forecast/hourly-series.js';
import { gaussian, seeded } from '../seeded.js';

/** A Monday at midnight, UTC. */
const MONDAY = Date.UTC(2026, 0, 5);
const WEEKS = 12;
const hourOfWeek = (at: number): number => Math.round((at - MONDAY) / HOUR_MS) % HOURS_OF_WEEK;

/** Two rush hours on working days, a flat hill at the weekend. */
function usual(index: number): number {
  const hour = index % 24;
  const isWeekend = Math.floor(index / 24) % 7 >= 5;
  const rush = Math.exp(-((hour - 8) ** 2) / 4) + Math.exp(-((hour - 17) ** 2) / 6);
  return 20 + (isWeekend ? 200 * Math.exp(-((hour - 14) ** 2) / 18) : 600 * rush);
}

/** A week after the other, each hour spread as counts are. */
function counts(length: number, random: () => number, factor = (_: number) => 1): Float64Array {
  return Float64Array.from({ length }, (_, index) => {
    const mean = usual(index) * factor(index);
    return Math.max(0, Math.round(mean + gaussian(random) * Math.sqrt(mean)));
  });
}

const ahead = (values: Float64Array) => forecast({ from: MONDAY, values }, { hourOfWeek })!;

test('a road that is each week the same is foretold hour by hour', () => {
  const hours = ahead(Float64Array.from({ length: WEEKS * HOURS_OF_WEEK }, (_, index) => usual(index)));
  assert.is(hours.length, 24);
  assert.is(hours[0]!.at, MONDAY + WEEKS * HOURS_OF_WEEK * HOUR_MS);
  for (const [index, { expected }] of hours.entries()) {
    const wanted = usual(index);
    assert.ok(Math.abs(expected - wanted) < 0.02 * wanted + 1, `${index}: ${expected} for ${wanted}`);
  }
});

test('nine of ten hours lie within their bounds, on weekdays and at the weekend', () => {
  const values = counts(20 * HOURS_OF_WEEK, seeded(7));
  let within = 0;
  let all = 0;
  for (let origin = 10 * HOURS_OF_WEEK; origin + 24 <= values.length; origin += 59) {
    for (const [index, { low, high }] of ahead(values.slice(0, origin)).entries()) {
      const value = values[origin + index]!;
      if (value >= low! && value <= high!) within++;
      all++;
    }
  }
  assert.ok(within / all > 0.86 && within / all < 0.96, `${within} of ${all}`);
});

test('a day that is busier than usual makes the next hours busier where such days lasted before', () => {
  // days of much and of little traffic, as weather makes them
  const coin = seeded(11);
  const days = Array.from({ length: WEEKS * 7 }, () => coin() < 0.5);
  const afternoon = (isBusy: boolean): number => {
    const factor = (index: number): number => ((days[Math.floor(index / 24)] ?? isBusy) ? 1.5 : 0.7);
    const hours = ahead(counts(WEEKS * HOURS_OF_WEEK + 12, seeded(13), factor));
    return hours.slice(0, 8).reduce((sum, hour) => sum + hour.expected, 0);
  };
  const usually = Array.from({ length: 8 }, (_, hour) => usual(12 + hour)).reduce((sum, value) => sum + value, 0);
  assert.ok(afternoon(true) > 1.15 * usually, `${afternoon(true)} for ${1.5 * usually}`);
  assert.ok(afternoon(false) < 0.95 * usually, `${afternoon(false)} for ${0.7 * usually}`);
});

test('hours that are missing are neither empty roads nor a reason to give up', () => {
  const values = counts(WEEKS * HOURS_OF_WEEK, seeded(3));
  for (let index = 0; index < values.length; index++) if (index % 5 === 0) values[index] = Number.NaN;
  values.fill(Number.NaN, -30);
  for (const [index, { expected, low, high }] of ahead(values).entries()) {
    assert.ok(Math.abs(expected - usual(index)) < 0.25 * usual(index) + 10, `${index}: ${expected}`);
    assert.ok(low! <= expected && expected <= high!);
  }
});

test('two days are enough for a forecast by the hour of the day, without bounds; fewer are not', () => {
  const values = counts(49, seeded(5));
  const hours = ahead(values);
  assert.is(hours[0]!.low, null);
  // the 50th hour is one in the morning
  assert.ok(Math.abs(hours[7]!.expected - usual(8)) < 0.2 * usual(8), `${hours[7]!.expected}`);
  assert.is(forecast({ from: MONDAY, values: values.slice(0, 47) }, { hourOfWeek }), null);
  assert.is(forecast({ from: MONDAY, values: [] }), null);
});

test('an empty road stays empty, and nothing is less than nothing', () => {
  for (const { expected, low, high } of ahead(new Float64Array(WEEKS * HOURS_OF_WEEK))) {
    assert.equal([Math.round(expected), low, high], [0, 0, 0]);
  }
});

test('bounds become wider where the latest errors do', () => {
  const random = seeded(1);
  const calm = Float64Array.from({ length: 500 }, () => gaussian(random));
  const rough = Float64Array.from(calm, (error, index) => (index < 380 ? error : 4 * error));
  const width = (errors: Float64Array) => {
    const { low, high } = adaptiveInterval(errors, 0.9)!;
    return high - low;
  };
  assert.ok(width(calm) > 2.4 && width(calm) < 4.2, `${width(calm)}`);
  assert.ok(width(rough) > 2 * width(calm), `${width(rough)}`);
  assert.is(adaptiveInterval(calm.slice(0, 59), 0.9), null);
});

test.run();
