import { mean, quantile } from '../foundation/statistics.js';
import type { Configuration } from './configuration.js';
import type { Reading } from './search.js';
import type { WindowReading } from './trial.js';

/** What is kept of a configuration that was measured, or could not be. */
export interface Measurement extends Configuration {
  readonly model: string;
  /** Of the model file, hex: another file's numbers say nothing. */
  readonly sha256: string;
  /** Unix ms. */
  readonly measuredAt: number;
  /** Windows behind the numbers; fewer than asked for where the profile was interrupted. */
  readonly rounds: number;
  /** From a batch sent to its answer. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** All workers together; median of the rounds. */
  readonly imagesPerSecond: number | null;
  /** Standard error of the two above, relative: from how far the rounds lie apart; null of fewer than two rounds. */
  readonly spread: number | null;
  /** Resident memory of all workers. */
  readonly rssBytes: number | null;
  readonly millijoulesPerImage: number | null;
  /** °C of the warmest zone. */
  readonly temperatureBefore: number | null;
  readonly temperatureAfter: number | null;
  /** How fast the device was compared with its first group, by the configuration that is measured again with each: 1 as fast, 0.9 a tenth slower. */
  readonly drift: number;
  /** Load and warm-up of one worker. */
  readonly loadMs: number | null;
  /** Why it could not be measured; null: it was. */
  readonly failure: string | null;
}

export type Numbers = Pick<
  Measurement,
  'rounds' | 'p50Ms' | 'p95Ms' | 'imagesPerSecond' | 'spread' | 'millijoulesPerImage'
>;

/** The numbers of a configuration from its windows; all null without one. */
export function summarize(windows: readonly WindowReading[]): Numbers {
  const latencies = windows.flatMap((window) => window.latencies);
  const energies = windows.flatMap(({ millijoules }) => millijoules ?? []);
  return {
    rounds: windows.length,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    imagesPerSecond: quantile(
      windows.map((window) => window.imagesPerSecond),
      0.5,
    ),
    spread: spreadOf(windows.map((window) => window.imagesPerSecond)),
    millijoulesPerImage: quantile(energies, 0.5),
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
export function comparable({ p50Ms, imagesPerSecond, drift, spread }: Measurement): Reading | null {
  if (p50Ms === null || imagesPerSecond === null) return null;
  const factor = Math.abs(drift - 1) < NOTICEABLE ? 1 : drift;
  return { p50Ms: p50Ms * factor, imagesPerSecond: imagesPerSecond / factor, spread: spread ?? UNKNOWN_SPREAD };
}
