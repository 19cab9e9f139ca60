import { quantile } from '../../src/foundation/statistics.js';
import { DriftWatch } from '../../src/telemetry/alerts/drift/drift-watch.js';
import type { DriftRule } from '../../src/telemetry/alerts/drift/slow-drift.js';
import type { LoadedHour } from '../../src/telemetry/alerts/drift/usual-at-load.js';

const DAY_MS = 86_400_000;
const BASELINE_DAYS = 28;
const RECENT_DAYS = 3;

/** Says once an hour whether a series is worse than it was. */
export interface DriftFinder {
  /** @param hours before `now`, in their order, of seven weeks at least @param now Unix ms */
  look(hours: readonly LoadedHour[], now: number): boolean;
}

/** A way of finding drifts. */
export interface DriftMethod {
  readonly name: string;
  readonly make: (rule: DriftRule) => DriftFinder;
}

/** The alerts of the program. */
export const driftAlerts: DriftMethod = {
  name: 'drift alerts',
  make: (rule) => {
    const watch = new DriftWatch(rule);
    return {
      look: (hours, now) => watch.look(now, (from, to) => hours.filter(({ t }) => t >= from && t < to)) !== null,
    };
  },
};

const within = (hours: readonly LoadedHour[], from: number, to: number) => hours.filter(({ t }) => t >= from && t < to);
const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const worse = ({ direction }: DriftRule, by: number) => (direction === 'up' ? by : -by);

/** A limit on the mean of three days, as a share of the mean of the four weeks before. */
const fixedLimit: DriftMethod = {
  name: 'limit on the mean of four weeks',
  make: (rule) => ({
    look: (hours, now) => {
      const begin = now - RECENT_DAYS * DAY_MS;
      const mean = (from: number, to: number) => meanOf(within(hours, from, to).map(({ value }) => value));
      return worse(rule, mean(begin, now) / mean(begin - BASELINE_DAYS * DAY_MS, begin) - 1) >= rule.least;
    },
  }),
};

/** Page's cumulated sum of daily medians, with the usual slack of half a standard deviation and limit of five. */
const cusum: DriftMethod = {
  name: 'CUSUM of daily medians',
  make: (rule) => ({
    look: (hours, now) => {
      const { recent, mean, deviation } = days(hours, now);
      let sum = 0;
      for (const value of recent) sum = Math.max(0, sum + worse(rule, value - mean) / deviation - 0.5);
      return sum > 5;
    },
  }),
};

/** Roberts' moving average of daily medians that are corrected by a line over the load, weight 0.3 and limit of three deviations. */
const ewma: DriftMethod = {
  name: 'EWMA at the same load',
  make: (rule) => ({
    look: (hours, now) => {
      const { recent, mean, deviation } = days(atSameLoad(hours, now), now);
      const weight = 0.3;
      let average = mean;
      for (const value of recent) average = weight * value + (1 - weight) * average;
      return worse(rule, average - mean) > 3 * deviation * Math.sqrt(weight / (2 - weight));
    },
  }),
};

/** Methods of the books, each with its usual settings. */
export const RIVALS: readonly DriftMethod[] = [fixedLimit, cusum, ewma];

/** Medians of the last three days, and mean and deviation of those of the four weeks before. */
function days(hours: readonly LoadedHour[], now: number) {
  const medians = Array.from({ length: BASELINE_DAYS + RECENT_DAYS }, (_, i) => {
    const to = now - (BASELINE_DAYS + RECENT_DAYS - 1 - i) * DAY_MS;
    return {
      i,
      value: quantile(
        within(hours, to - DAY_MS, to).map(({ value }) => value),
        0.5,
      ),
    };
  });
  const known = medians.filter((day): day is { i: number; value: number } => day.value !== null);
  const before = known.filter(({ i }) => i < BASELINE_DAYS).map(({ value }) => value);
  const mean = meanOf(before);
  const deviation = Math.sqrt(meanOf(before.map((value) => (value - mean) ** 2)));
  return { recent: known.filter(({ i }) => i >= BASELINE_DAYS).map(({ value }) => value), mean, deviation };
}

/** What is left over a least-squares line of the four weeks before. */
function atSameLoad(hours: readonly LoadedHour[], now: number): LoadedHour[] {
  const begin = now - RECENT_DAYS * DAY_MS;
  const before = within(hours, begin - BASELINE_DAYS * DAY_MS, begin).filter(({ load }) => load !== null);
  if (before.length === 0) return [...hours];
  const x = meanOf(before.map(({ load }) => load!));
  const y = meanOf(before.map(({ value }) => value));
  const across = meanOf(before.map(({ load, value }) => (load! - x) * (value - y)));
  const slope = across / (meanOf(before.map(({ load }) => (load! - x) ** 2)) || 1);
  return hours.map((hour) => (hour.load === null ? hour : { ...hour, value: hour.value - slope * (hour.load - x) }));
}
