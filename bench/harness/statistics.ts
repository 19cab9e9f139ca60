import { quantile } from '../../src/foundation/statistics.js';

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5) ?? Number.NaN;

/** Rounds for a report: 3 decimals. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;

/** 97.5 % of a normal distribution lies below so many of its deviations. */
const TWO_SIDED_95 = 1.96;

/** Where a share lies with a probability of 95 %, by Wilson's score; null without a case. */
export function shareWithin(hits: number, cases: number): [low: number, high: number] | null {
  if (cases === 0) return null;
  const share = hits / cases;
  const spread = TWO_SIDED_95 ** 2 / cases;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (TWO_SIDED_95 / (1 + spread)) * Math.sqrt((share * (1 - share)) / cases + spread / (4 * cases));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
