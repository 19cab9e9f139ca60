import { median, quantile } from '../../foundation/statistics.js';

/** A line through the middle of points. */
export interface RobustLine {
  /** Per unit of x. */
  readonly slope: number;
  /** 95 % of such lines have a slope between these. */
  readonly low: number;
  readonly high: number;
  /** At x = 0. */
  readonly intercept: number;
}

/** Standard normal quantile of 97.5 %. */
const Z_95 = 1.959964;

/**
 * The line whose slope is the median of the slopes between all pairs of points, which up to 29 % of outliers do not move: Theil 1950; Sen,
 * "Estimates of the Regression Coefficient Based on Kendall's Tau", JASA 63 (1968), from which the bounds are too.
 *
 * @param stretch by how much the bounds are wider than those of independent values: the root of the factor of `mannKendall`
 * @returns null of less than two points
 */
export function theilSen(x: readonly number[], y: readonly number[], stretch = 1): RobustLine | null {
  const n = x.length;
  const slopes: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) if (x[j] !== x[i]) slopes.push((y[j]! - y[i]!) / (x[j]! - x[i]!));
  }
  const slope = median(slopes);
  if (slope === null) return null;
  // of n values the S of Kendall varies so; so many pairs off the middle are the bounds
  const spread = Z_95 * stretch * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const off = Math.min(0.5, spread / 2 / slopes.length);
  return {
    slope,
    low: quantile(slopes, 0.5 - off)!,
    high: quantile(slopes, 0.5 + off)!,
    intercept: median(y.map((value, i) => value - slope * x[i]!))!,
  };
}
