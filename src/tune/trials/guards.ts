import { median } from '../../foundation/statistics.js';
import type { Observation } from '../observation.js';

/** What no better score excuses: readings of one moment, that end a trial as soon as they show harm. */
export type GuardReadings = Pick<
  Observation,
  | 'p95LatencyMs'
  | 'lateShare'
  | 'errorShare'
  | 'keptF1'
  | 'temperature'
  | 'throttleAt'
  | 'throttledBy'
  | 'memoryBytes'
  | 'memoryFreeBytes'
>;

/** Where nothing was observed nothing can be harmed. */
export const UNSEEN: GuardReadings = {
  p95LatencyMs: null,
  lateShare: 0,
  errorShare: 0,
  keptF1: null,
  temperature: null,
  throttleAt: null,
  throttledBy: [],
  memoryBytes: null,
  memoryFreeBytes: null,
};

/** Harm must show in so many readings in a row: one alone is a hiccup. */
const IN_A_ROW = 3;
/** Share of the frames or inferences, 0..1. */
const MORE_ERRORS = 0.02;
const MORE_LATE = 0.05;
/** Where so many more fail nothing is to be waited for. */
const DISASTER = 0.5;
/** Of p95, where frames come late besides. */
const LATENCY_RATIO = 1.25;
const LOST_F1 = 0.03;
/** °C below the point where the board holds itself back. */
const HEAT_MARGIN = 1;
const LEAST_WARMING = 1;
/** Of all the memory that could be had. */
const LEAST_FREE = 0.05;
/** A growth that goes on: readings that it must be seen over, and how much of what was there at first. */
const LEAK_READINGS = 8;
const LEAK_GROWTH = 0.1;
/** Pairs of readings that must show it, of those that lie half of the time apart. */
const LEAK_PAIRS = 0.9;

/**
 * Whether the readings since a change show harm that those before it did not.
 *
 * @param before oldest first; of an emergency there may be none, and then lateness and heat are no harm: they may be what it is about
 * @param since oldest first, since the change has settled
 * @param priceF1 fall of the F1 that is no harm, because it was known beforehand
 * @returns what harms, with the numbers; null where nothing does
 */
export function harmOf(before: readonly GuardReadings[], since: readonly GuardReadings[], priceF1 = 0): string | null {
  if (since.length === 0) return null;
  return (
    errors(before, since) ??
    lateness(before, since) ??
    accuracy(before, since, priceF1) ??
    heat(before, since) ??
    memory(before, since)
  );
}

type Readings = readonly GuardReadings[];

function errors(before: Readings, since: Readings): string | null {
  const usual = medianOf(before, ({ errorShare }) => errorShare) ?? 0;
  const latest = since.at(-1)!.errorShare;
  const isDisaster = latest >= usual + DISASTER;
  if (!isDisaster && !lastAll(since, ({ errorShare }) => errorShare >= usual + MORE_ERRORS)) return null;
  return `${percent(latest)} of the inferences ended in an error, ${percent(usual)} before`;
}

/** Late where it was on time, and not because of a tail of the one reading. */
function lateness(before: Readings, since: Readings): string | null {
  const usual = medianOf(before, ({ lateShare }) => lateShare);
  if (usual === null) return null;
  const usualP95 = medianOf(before, ({ p95LatencyMs }) => p95LatencyMs);
  const isSlower = ({ p95LatencyMs: p95 }: GuardReadings) =>
    usualP95 === null || p95 === null || p95 >= usualP95 * LATENCY_RATIO;
  const latest = since.at(-1)!;
  const isDisaster = latest.lateShare >= usual + DISASTER;
  const isLate = (reading: GuardReadings) => reading.lateShare >= usual + MORE_LATE && isSlower(reading);
  if (!isDisaster && !lastAll(since, isLate)) return null;
  const p95 =
    latest.p95LatencyMs === null
      ? ''
      : `, p95 ${ms(latest.p95LatencyMs)}${usualP95 === null ? '' : ` against ${ms(usualP95)}`}`;
  return `${percent(latest.lateShare)} of the frames were late or dropped, ${percent(usual)} before${p95}`;
}

function accuracy(before: Readings, since: Readings, priceF1: number): string | null {
  const usual = medianOf(before, ({ keptF1 }) => keptF1);
  if (usual === null || !lastAll(since, ({ keptF1 }) => keptF1 !== null && keptF1 <= usual - priceF1 - LOST_F1))
    return null;
  return `the audits find F1 ${since.at(-1)!.keptF1!.toFixed(3)}, ${usual.toFixed(3)} before`;
}

function heat(before: Readings, since: Readings): string | null {
  if (before.length === 0) return null;
  const wasThrottled = before.some(({ throttledBy }) => throttledBy.includes('heat'));
  if (!wasThrottled && lastAll(since, ({ throttledBy }) => throttledBy.includes('heat'), 2)) {
    return `heat holds the board back, which it did not before${degrees(since.at(-1)!)}`;
  }
  const usual = medianOf(before, ({ temperature }) => temperature);
  const isTooWarm = ({ temperature, throttleAt }: GuardReadings) =>
    temperature !== null &&
    throttleAt !== null &&
    temperature >= throttleAt - HEAT_MARGIN &&
    usual !== null &&
    temperature >= usual + LEAST_WARMING;
  if (!lastAll(since, isTooWarm)) return null;
  const { temperature, throttleAt } = since.at(-1)!;
  return `${temperature!.toFixed(1)} °C, ${usual!.toFixed(1)} °C before: the board holds itself back at ${throttleAt} °C`;
}

function memory(before: Readings, since: Readings): string | null {
  const isShort = ({ memoryBytes, memoryFreeBytes: free }: GuardReadings) =>
    free !== null && memoryBytes !== null && free < (free + memoryBytes) * LEAST_FREE;
  const wasShort = before.some(isShort);
  if (!wasShort && lastAll(since, isShort)) {
    return `only ${mebibytes(since.at(-1)!.memoryFreeBytes!)} of memory are left`;
  }
  return leak(since);
}

/** A growth that does not end: what a change needs once is taken by the time that it has settled. */
function leak(since: Readings): string | null {
  const bytes = since.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  if (bytes.length < LEAK_READINGS) return null;
  const half = bytes.length >> 1;
  const rises = bytes.slice(half).filter((later, i) => later > bytes[i]!).length;
  const [first, last] = [median(bytes.slice(0, 3))!, median(bytes.slice(-3))!];
  const middle = median(bytes.slice(half - 1, half + 2))!;
  const goesOn = last - middle >= (middle - first) / 2;
  if (rises < (bytes.length - half) * LEAK_PAIRS || last < first * (1 + LEAK_GROWTH) || !goesOn) return null;
  return `memory grows on and on, from ${mebibytes(first)} to ${mebibytes(last)} since the change`;
}

const lastAll = (readings: Readings, is: (reading: GuardReadings) => boolean, inARow = IN_A_ROW): boolean =>
  readings.length >= inARow && readings.slice(-inARow).every(is);

/** null where there is none. */
function medianOf(readings: Readings, read: (reading: GuardReadings) => number | null): number | null {
  return median(readings.flatMap((reading) => read(reading) ?? []));
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const ms = (value: number): string => `${value.toFixed(0)} ms`;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const degrees = ({ temperature }: GuardReadings): string =>
  temperature === null ? '' : ` (${temperature.toFixed(1)} °C)`;
