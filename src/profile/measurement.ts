import { mean, median, quantile } from '../foundation/statistics.js';
import type { Measurement } from '../store/measurement.js';
import type { PerformanceReading } from './search.js';
import type { WindowReading } from './trial.js';

export type Numbers = Pick<
  Measurement,
  'rounds' | 'p50Ms' | 'p95Ms' | 'imagesPerSecond' | 'spread' | 'millijoulesPerImage'
>;

/** The numbers of a configuration from its windows; all null without one. */
export function summarizeWindows(windows: readonly WindowReading[]): Numbers {
  const latencies = windows.flatMap((window) => window.latencies);
  const energies = windows.flatMap(({ millijoules }) => millijoules ?? []);
  return {
    rounds: windows.length,
    p50Ms: median(latencies),
    p95Ms: quantile(latencies, 0.95),
    imagesPerSecond: median(windows.map((window) => window.imagesPerSecond)),
    spread: spreadOf(windows.map((window) => window.imagesPerSecond)),
    millijoulesPerImage: median(energies),
  };
}

/** Of the median of few numbers, from their standard deviation. */
function spreadOf(numbers: readonly number[]): number | null {
  if (numbers.length < 2) return null;
  const middle = mean(numbers)!;
  const variance = numbers.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (numbers.length - 1);
  return Math.sqrt(variance / numbers.length) / middle;
}

/** Less than this is the spread of one window, not the device. */
const NOTICEABLE = 0.05;
/** Of a single window. */
const UNKNOWN_SPREAD = 0.05;

/** A measurement as it would have been when the profile began; what the search compares. Null where nothing was measured. */
export function comparable({ p50Ms, imagesPerSecond, drift, spread }: Measurement): PerformanceReading | null {
  if (p50Ms === null || imagesPerSecond === null) return null;
  const factor = Math.abs(drift - 1) < NOTICEABLE ? 1 : drift;
  return { p50Ms: p50Ms * factor, imagesPerSecond: imagesPerSecond / factor, spread: spread ?? UNKNOWN_SPREAD };
}
