import { HOUR_MS } from '../../src/forecast/hourly-series.js';
import type { LoadedHour } from '../../src/telemetry/alerts/drift/usual-at-load.js';
import type { NabSeries } from '../alerts/nab-score.js';

const WEEK_MS = 168 * HOUR_MS;
/** Four weeks and three days are compared; a series must go on for a while after these. */
const LEAST_WEEKS = 6;

/** Hours that somebody recorded, with the times at which people say that something was wrong. */
export interface RealHours {
  readonly name: string;
  /** No load is known of any. */
  readonly hours: readonly LoadedHour[];
  /** Unix ms: first and last of each. */
  readonly windows: readonly (readonly [first: number, last: number])[];
}

/** Of the recorded ones those that are long enough, each hour as the mean of its values. */
export function realHours(series: readonly NabSeries[]): RealHours[] {
  return series
    .filter(({ file, times }) => !file.startsWith('artificial') && times.at(-1)! - times[0]! >= LEAST_WEEKS * WEEK_MS)
    .map(({ file, times, values, windows }) => ({
      name: file.replace(/^.*\/|\.csv$/g, ''),
      hours: meansOf(times, values),
      windows: windows.map(([first, last]) => [times[first]!, times[last]!] as const),
    }));
}

function meansOf(times: readonly number[], values: readonly number[]): LoadedHour[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [i, time] of times.entries()) {
    const t = Math.floor(time / HOUR_MS) * HOUR_MS;
    const { sum, count } = sums.get(t) ?? { sum: 0, count: 0 };
    sums.set(t, { sum: sum + values[i]!, count: count + 1 });
  }
  return [...sums].map(([t, { sum, count }]) => ({ t, value: sum / count, load: null })).sort((a, b) => a.t - b.t);
}
