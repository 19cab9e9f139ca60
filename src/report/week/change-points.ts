import { mean, median } from '../../foundation/statistics.js';
import { noiseOf } from './mann-kendall.js';

/** A level begins with this index. */
export interface ChangePoint {
  readonly index: number;
  /** Means of the stretches on both sides of it. */
  readonly before: number;
  readonly after: number;
}

/** Days of a stretch: what is shorter than a week is an event, no new level. */
const SHORTEST = 7;
/** Times the logarithm of the number of values, in units of the noise's variance: twice that of the Schwarz criterion, as days are alike. */
const PENALTY = 6;
/** A step that is smaller than the noise from day to day is none that anybody would see. */
const LEAST_STEP = 1;
/** Of the level: a smaller step is nothing to be told. */
const LEAST_SHARE = 0.01;

/**
 * Where the level of numbers changes: the division into stretches of a mean each that has the smallest sum of squares with a penalty for each
 * stretch, found exactly by PELT: Killick, Fearnhead, Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost", JASA 107
 * (2012). What is too small to be seen is left out.
 */
export function changePoints(values: readonly number[]): ChangePoint[] {
  const noise = noiseOf(values);
  if (noise === null || values.length < 2 * SHORTEST) return [];
  const spread = spreadOf(values, noise);
  const penalty = PENALTY * spread * spread * Math.log(values.length);
  const begins = beginsOf(values, Math.max(penalty, Number.MIN_VALUE));
  const stretches = begins.map((begin, index) => values.slice(begin, begins[index + 1]));
  const means = stretches.map((stretch) => mean(stretch)!);
  const middles = stretches.map((stretch) => median(stretch)!);
  return begins.slice(1).flatMap((index, at) => {
    const [before, after] = [means[at]!, means[at + 1]!];
    // of days as they are: one that was far off makes no level
    const step = Math.abs(middles[at + 1]! - middles[at]!);
    const isSmall = step < LEAST_STEP * spread || step < LEAST_SHARE * Math.abs(before);
    return isSmall || step < Math.abs(after - before) / 2 ? [] : [{ index, before, after }];
  });
}

/** Days in a row are alike: as much as the first autocorrelation says, noise that is seen from day to day is larger over a stretch. */
function spreadOf(values: readonly number[], noise: number): number {
  const steps = values.slice(1).map((value, i) => value - values[i]!);
  const power = steps.reduce((sum, step) => sum + step * step, 0);
  if (power === 0) return noise;
  let product = 0;
  for (let i = 0; i + 1 < steps.length; i++) product += steps[i]! * steps[i + 1]!;
  // of independent values the steps have -0.5; of an autoregression (ρ - 1) / 2
  const alike = Math.min(0.8, Math.max(0, 1 + (2 * product) / power));
  return noise * Math.sqrt((1 + alike) / (1 - alike));
}

/** The indexes at which stretches begin, 0 among them. */
function beginsOf(values: readonly number[], penalty: number): number[] {
  const n = values.length;
  const [sums, squares] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  for (const [i, value] of values.entries()) {
    sums[i + 1] = sums[i]! + value;
    squares[i + 1] = squares[i]! + value * value;
  }
  const costOf = (from: number, to: number): number =>
    squares[to]! - squares[from]! - (sums[to]! - sums[from]!) ** 2 / (to - from);
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = -penalty;
  const last = new Int32Array(n + 1);
  let candidates = [0];
  for (let end = SHORTEST; end <= n; end++) {
    const costs = candidates.map((begin) => best[begin]! + costOf(begin, end) + penalty);
    const at = costs.indexOf(Math.min(...costs));
    best[end] = costs[at]!;
    last[end] = candidates[at]!;
    // what cannot become the best beginning any more is left out
    candidates = candidates.filter((_, index) => costs[index]! - penalty <= best[end]!);
    const next = end + 1 - SHORTEST;
    if (next >= SHORTEST && !candidates.includes(next)) candidates.push(next);
  }
  const begins: number[] = [];
  for (let end = n; end > 0; end = last[end]!) begins.unshift(last[end]!);
  return begins;
}
