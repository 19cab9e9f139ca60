import type { Grid } from './grid.js';

/** A stretch of time in which something held, Unix ms. */
export interface HeldSpan {
  readonly from: number;
  readonly to: number;
  /** Of it, the share in which it held, 0..1. */
  readonly share: number;
}

/**
 * Where a reading that is 1 while something holds, else 0, was above 0.
 *
 * @param shares means of the steps; NaN: not read, and it holds no more
 * @param bridgedMs what interrupts a stretch at most
 */
export function heldSpans(shares: Float64Array, { from, stepMs }: Grid, bridgedMs: number): HeldSpan[] {
  const spans: { from: number; to: number; held: number }[] = [];
  for (const [step, share] of shares.entries()) {
    if (!(share > 0)) continue;
    const t = from + step * stepMs;
    const last = spans.at(-1);
    if (last !== undefined && t - last.to <= bridgedMs) {
      last.to = t + stepMs;
      last.held += share * stepMs;
    } else spans.push({ from: t, to: t + stepMs, held: share * stepMs });
  }
  return spans.map((span) => ({ from: span.from, to: span.to, share: span.held / (span.to - span.from) }));
}
