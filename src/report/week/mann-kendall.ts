import { median } from '../../foundation/statistics.js';
import { theilSen } from './theil-sen.js';

/** Whether numbers go up or down over time. */
export interface TrendTest {
  /** Above 0: upward. */
  readonly s: number;
  /** Probability of such an S, or one further from 0, where there is no trend. */
  readonly p: number;
  /** By what the variance of S is larger than that of independent values, 1 or more where values in a row are alike. */
  readonly inflation: number;
}

/** Fewer say nothing: the normal approximation holds from ten values on (Kendall 1975). */
export const FEWEST_VALUES = 10;
/** Autocorrelations within this many standard errors of 0 are taken for 0. */
const SIGNIFICANT = 1.96;

/**
 * The test of Mann 1945 and Kendall 1975, whose variance is corrected for autocorrelation by Hamed and Rao, "A modified Mann-Kendall
 * trend test for autocorrelated data", Journal of Hydrology 204 (1998): by the significant autocorrelations of the ranks once the trend
 * is taken away. Ties count as in Kendall 1975.
 *
 * @param x when each value was, in order
 * @returns null of too few values, or where all are the same
 */
export function mannKendall(x: readonly number[], y: readonly number[]): TrendTest | null {
  const n = y.length;
  if (n < FEWEST_VALUES) return null;
  let s = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign(y[j]! - y[i]!);
  const variance = (n * (n - 1) * (2 * n + 5) - tiesOf(y)) / 18;
  if (variance <= 0) return null;
  const inflation = inflationOf(x, y);
  // S moves in steps of 2: half a step off makes it continuous
  const z = s === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance * inflation);
  return { s, p: 2 * (1 - normalShareBelow(Math.abs(z))), inflation };
}

/**
 * Which of several tests are significant together, by Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian
 * Journal of Statistics 6 (1979): of many figures some go up by chance.
 *
 * @returns the corrected p of each
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
  const corrected = new Array<number>(p.length);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p[index]! * (p.length - rank)));
    corrected[index] = highest;
  }
  return corrected;
}

/** Share of a standard normal distribution below z: Abramowitz and Stegun 1964, 26.2.17, off by less than 7.5e-8. */
export function normalShareBelow(z: number): number {
  if (z < 0) return 1 - normalShareBelow(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

function tiesOf(y: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of y) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0);
}

function inflationOf(x: readonly number[], y: readonly number[]): number {
  const n = y.length;
  const slope = theilSen(x, y)?.slope ?? 0;
  const ranks = ranksOf(y.map((value, i) => value - slope * x[i]!));
  const mean = (n + 1) / 2;
  const variance = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
  if (variance === 0) return 1;
  let more = 0;
  for (let lag = 1; lag < n - 2; lag++) {
    let product = 0;
    for (let i = 0; i + lag < n; i++) product += (ranks[i]! - mean) * (ranks[i + lag]! - mean);
    const correlation = product / variance;
    if (Math.abs(correlation) <= SIGNIFICANT / Math.sqrt(n)) continue;
    more += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
  }
  // what alternates must not make it surer than independent values would
  return Math.max(1, 1 + (2 * more) / (n * (n - 1) * (n - 2)));
}

/** 1 for the smallest; the same numbers share the mean of their ranks. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => {
    const first = sorted.indexOf(value);
    const last = sorted.lastIndexOf(value);
    return (first + last) / 2 + 1;
  });
}

/** How far numbers usually are from their neighbours, as a standard deviation that outliers do not move; null of less than three. */
export function noiseOf(values: readonly number[]): number | null {
  if (values.length < 3) return null;
  const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  // of a normal distribution the median of such steps is 0.6745 √2 σ
  return median(steps)! / (0.6745 * Math.SQRT2);
}
