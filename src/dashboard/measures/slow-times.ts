import { median } from '../../foundation/statistics.js';

/** What a time was slow by: answers came later than usual, or frames got none. */
export type SlowSign = 'latency' | 'drops';

/** Some steps in a row that were slow; `end` is the first one after them. */
export interface SlowSteps {
  readonly start: number;
  readonly end: number;
  readonly sign: SlowSign;
  /** The mean of those steps, and what it usually is: ms, or a share of the frames, 0..1. */
  readonly was: number;
  readonly usual: number;
}

/** By how much it must be worse than usual. */
export interface SlowBound {
  readonly factor: number;
  /** In the unit of the values: of what is small a multiple says nothing. */
  readonly more: number;
}

/** Later by half, and by what somebody would notice. */
export const LATE: SlowBound = { factor: 1.5, more: 20 };
/** A twentieth of the frames more than usual. */
export const DROPPED: SlowBound = { factor: 1, more: 0.05 };

/**
 * The times in which values were worse than they usually are, whose median that is. What is interrupted for a moment is one time.
 *
 * @param values a value a step; NaN: not read
 * @param first the steps before it only tell what is usual
 * @param least steps that make a time
 * @param bridged steps that interrupt it at most
 */
export function slowSteps(
  values: Float64Array,
  sign: SlowSign,
  { factor, more }: SlowBound,
  { first, least, bridged }: { readonly first: number; readonly least: number; readonly bridged: number },
): SlowSteps[] {
  const usual = median([...values].filter((value) => !Number.isNaN(value)));
  if (usual === null) return [];
  const limit = Math.max(usual * factor, usual + more);
  const found: SlowSteps[] = [];
  let start = -1;
  let last = -1;
  const close = (): void => {
    if (start >= 0 && last + 1 - start >= least) {
      found.push({ start, end: last + 1, sign, was: meanBetween(values, start, last + 1)!, usual });
    }
    start = -1;
  };
  for (let step = first; step < values.length; step++) {
    if (values[step]! > limit) {
      if (start < 0) start = step;
      last = step;
    } else if (start >= 0 && step - last > bridged) close();
  }
  close();
  return found;
}

/** Those that overlap as one, by the sign that it began with. In order of time. */
export function mergedTimes(times: readonly SlowSteps[]): SlowSteps[] {
  const merged: SlowSteps[] = [];
  for (const time of [...times].sort((a, b) => a.start - b.start)) {
    const before = merged.at(-1);
    if (before === undefined || time.start >= before.end) merged.push(time);
    else if (time.end > before.end) merged[merged.length - 1] = { ...before, end: time.end };
  }
  return merged;
}

/** The mean of what was read in some steps; null where nothing was. */
export function meanBetween(values: Float64Array, start: number, end: number): number | null {
  let [count, sum] = [0, 0];
  for (let step = Math.max(0, start); step < Math.min(end, values.length); step++) {
    const value = values[step]!;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
  }
  return count === 0 ? null : sum / count;
}

/** The median of what was read outside of some times: what is usual; null where nothing was. */
export function usualOutside(values: Float64Array, times: readonly { start: number; end: number }[]): number | null {
  const outside = [...values].filter(
    (value, step) => !Number.isNaN(value) && !times.some(({ start, end }) => step >= start && step < end),
  );
  return median(outside);
}
