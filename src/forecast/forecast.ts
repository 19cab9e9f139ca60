import { adaptiveInterval } from './adaptive-interval.js';
import { HOUR_MS, HOURS_OF_DAY, HOURS_OF_WEEK, type HourlySeries, hourOfWeek } from './hourly-series.js';
import { ridgeWeights } from './regression.js';
import { weeklyProfile } from './weekly-profile.js';

/** One hour to come. */
export interface ForecastHour {
  /** Unix ms at which it begins. */
  readonly at: number;
  readonly expected: number;
  /** The number lies between these with the confidence that was asked for; null where there is too little of the past. */
  readonly low: number | null;
  readonly high: number | null;
}

/** What is foretold. */
export interface ForecastOptions {
  /** Hours to come, 1 to 24; default 24. */
  readonly hours?: number;
  /** How many of the numbers should lie within the bounds, 0.5 to 0.99; default 0.9. */
  readonly confidence?: number;
  /** Where an hour stands in the week, 0 (Monday at midnight) to 167; default by the time zone of this machine. */
  readonly hourOfWeek?: (at: number) => number;
}

/** What is older says nothing of tomorrow. */
const MOST_HOURS = 26 * HOURS_OF_WEEK;
/** The profile has to know the hours, and something to be compared with them. */
const FEWEST_HOURS = 2 * HOURS_OF_DAY;
/** Over so many hours the latest deviations from the usual are averaged: now, this morning, since yesterday, this week. */
const SPANS = [1, 3, HOURS_OF_DAY, HOURS_OF_WEEK];
const RIDGE = 5;
/** Errors of hours of the day that are no further from the one foretold are like its own. */
const HOURS_ALIKE = 1;

/**
 * What the hours to come will be like: what such hours of the week usually are, moved by how the latest ones deviated from
 * what is usual. How much a deviation of now says about each hour to come is learned from the past by ridge regression, an
 * hour for itself; numbers are looked at as square roots, in which counts spread evenly (Anscombe 1948).
 *
 * @returns an entry an hour; null where there are less than two days of the past
 */
export function forecast(series: HourlySeries, options: ForecastOptions = {}): ForecastHour[] | null {
  const { hours: ahead = HOURS_OF_DAY, confidence = 0.9 } = options;
  const past = pastOf(series, ahead, options);
  return past === null ? null : Array.from({ length: ahead }, (_, index) => hourAhead(past, index + 1, confidence));
}

/** The last of the hours that `forecast` tells of, for the work of one. */
export function forecastLastHour(series: HourlySeries, options: ForecastOptions = {}): ForecastHour | null {
  const { hours: ahead = HOURS_OF_DAY, confidence = 0.9 } = options;
  const past = pastOf(series, ahead, options);
  return past === null ? null : hourAhead(past, ahead, confidence);
}

/** What was, as square roots, and what is usual in it and in the hours to come. */
interface Past {
  /** Unix ms of the first hour. */
  readonly from: number;
  /** Hours of the week, those to come among them. */
  readonly hours: Uint8Array;
  readonly usual: Float64Array;
  readonly deviations: Float64Array;
  /** Means of the deviations over each of `SPANS`. */
  readonly spans: readonly Float64Array[];
}

function pastOf(
  series: HourlySeries,
  ahead: number,
  { hourOfWeek: slotOf = hourOfWeek }: ForecastOptions,
): Past | null {
  const values = Float64Array.from(series.values, spread).slice(-MOST_HOURS);
  if (values.filter((value) => !Number.isNaN(value)).length < FEWEST_HOURS) return null;
  const from = series.from + (series.values.length - values.length) * HOUR_MS;
  const hours = Uint8Array.from({ length: values.length + ahead }, (_, index) => slotOf(from + index * HOUR_MS));
  const usual = weeklyProfile(values, hours);
  const deviations = values.map((value, index) => value - usual[index]!);
  return { from, hours, usual, deviations, spans: SPANS.map((span) => trailingMeans(deviations, span)) };
}

function hourAhead({ from, hours, usual, deviations, spans }: Past, lead: number, confidence: number): ForecastHour {
  const target = deviations.length - 1 + lead;
  const { rows, targets, at } = examples(deviations, spans, lead);
  const weights = ridgeWeights(rows, targets, RIDGE);
  const deviation = dot(weights, features(deviations, spans, deviations.length - 1, lead));
  const errors = targets
    .map((value, row) => value - dot(weights, rows[row]!))
    .filter((_, row) => areAlike(hours[at[row]! + lead]!, hours[target]!));
  const bounds = adaptiveInterval(errors, confidence);
  const expected = known(usual[target]!, usual) + deviation;
  return {
    at: from + target * HOUR_MS,
    expected: count(expected),
    low: bounds === null ? null : Math.floor(count(expected + bounds.low)),
    high: bounds === null ? null : Math.ceil(count(expected + bounds.high)),
  };
}

/** Each hour of the past from which `lead` hours ahead there is a deviation to learn from. */
function examples(deviations: Float64Array, spans: readonly Float64Array[], lead: number) {
  const rows: Float64Array[] = [];
  const targets: number[] = [];
  const at: number[] = [];
  for (let index = HOURS_OF_DAY; index + lead < deviations.length; index++) {
    const target = deviations[index + lead]!;
    if (Number.isNaN(target)) continue;
    rows.push(features(deviations, spans, index, lead));
    targets.push(target);
    at.push(index);
  }
  return { rows, targets: Float64Array.from(targets), at };
}

/** What is known at an hour of how things deviate: the latest means, and the same hour of the day before the one foretold. */
function features(deviations: Float64Array, spans: readonly Float64Array[], index: number, lead: number): Float64Array {
  const dayBefore = index + lead - HOURS_OF_DAY;
  return Float64Array.from([...spans.map((means) => means[index]!), orNone(deviations[dayBefore] ?? 0)]);
}

/** Means over the hours up to each one; what is missing deviates by nothing. */
function trailingMeans(deviations: Float64Array, span: number): Float64Array {
  const means = new Float64Array(deviations.length);
  let sum = 0;
  for (let index = 0; index < deviations.length; index++) {
    sum += orNone(deviations[index]!);
    if (index >= span) sum -= orNone(deviations[index - span]!);
    means[index] = sum / Math.min(span, index + 1);
  }
  return means;
}

const orNone = (deviation: number): number => (Number.isNaN(deviation) ? 0 : deviation);

/** An hour that never was takes the mean of those that were. */
function known(usual: number, profile: Float64Array): number {
  if (!Number.isNaN(usual)) return usual;
  const some = profile.filter((value) => !Number.isNaN(value));
  return some.reduce((sum, value) => sum + value, 0) / some.length;
}

function areAlike(hour: number, other: number): boolean {
  const apart = Math.abs((hour % HOURS_OF_DAY) - (other % HOURS_OF_DAY));
  return Math.min(apart, HOURS_OF_DAY - apart) <= HOURS_ALIKE;
}

function dot(weights: Float64Array, row: Float64Array): number {
  return weights.reduce((sum, weight, index) => sum + weight * row[index]!, 0);
}

/** The square root, which makes large counts spread as small ones do. */
function spread(value: number): number {
  return Number.isFinite(value) && value >= 0 ? Math.sqrt(value + 3 / 8) : Number.NaN;
}

/** The reverse of `spread`; nothing counts less than 0. */
function count(root: number): number {
  return Math.max(0, Math.max(0, root) ** 2 - 3 / 8);
}
