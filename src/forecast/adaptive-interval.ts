import { quantile } from '../foundation/statistics.js';

/** How far a miss widens what comes after it, and a hit narrows it. */
const STEP = 0.02;
/** Errors that bounds are made of, the latest. */
const WINDOW = 240;
/** Errors after which bounds are worth something. */
const FEWEST = 60;
/** The bounds are made anew after so many errors. */
const STRIDE = 3;
const [SMALLEST_SHARE, LARGEST_SHARE] = [0.004, 0.5];

/**
 * Between which errors the next one lies with this confidence: quantiles of the latest errors, at levels that are moved
 * until as many of the past ones were outside as should be. Holds where the errors change their spread over time.
 * Adaptive conformal inference: Gibbs and Candès, "Adaptive Conformal Inference Under Distribution Shift", NeurIPS 2021.
 *
 * @param errors of forecasts like the next one, in the order of time
 * @param confidence 0.5 to 0.99
 * @returns null where there are too few errors
 */
export function adaptiveInterval(errors: Float64Array, confidence: number): { low: number; high: number } | null {
  if (errors.length < FEWEST) return null;
  const wanted = 1 - confidence;
  let share = wanted;
  for (let at = Math.max(FEWEST, errors.length - 3 * WINDOW); at < errors.length; at += STRIDE) {
    const { low, high } = bounds(errors.subarray(Math.max(0, at - WINDOW), at), share);
    for (const error of errors.subarray(at, at + STRIDE)) {
      const missed = error < low || error > high ? 1 : 0;
      share += STEP * (wanted - missed);
    }
    share = Math.min(LARGEST_SHARE, Math.max(SMALLEST_SHARE, share));
  }
  return bounds(errors.subarray(-WINDOW), share);
}

function bounds(errors: Float64Array, share: number): { low: number; high: number } {
  return { low: quantile(errors, share / 2)!, high: quantile(errors, 1 - share / 2)! };
}
