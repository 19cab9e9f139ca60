import type { Buckets } from '../../foundation/metric-row.js';

/*
 * Buckets are spaced by a factor of 2^(1/8): a quantile is the geometric middle of its bucket, so it is wrong by at most
 * 4.5 % (2^(1/16) - 1). Range 1/32 ms to 131 s; what lies outside counts in the first or last bucket.
 */
const PER_OCTAVE = 8;
const LOWEST_OCTAVE = -5;
const OCTAVES = 22;
/** Buckets of a histogram, finer than those that Prometheus gets. */
export const LATENCY_BUCKETS = OCTAVES * PER_OCTAVE;

/** Upper bounds in ms of the coarse buckets that `cumulative()` counts: one per octave. The last holds all beyond as well. */
const OCTAVE_BOUNDS: readonly number[] = Array.from({ length: OCTAVES }, (_, i) => 2 ** (LOWEST_OCTAVE + 1 + i));

/** The geometric middle of each bucket in ms. */
const MIDDLES = Float64Array.from({ length: LATENCY_BUCKETS }, (_, i) => 2 ** (LOWEST_OCTAVE + (i + 0.5) / PER_OCTAVE));

/** Durations in ms, counted in fixed log-spaced buckets: constant memory, no allocation when observing. */
export class Histogram implements Buckets {
  readonly bounds = OCTAVE_BOUNDS;
  readonly bucketValues: ArrayLike<number> = MIDDLES;
  readonly #counts = new Float64Array(LATENCY_BUCKETS);
  readonly #older = new Float64Array(LATENCY_BUCKETS);
  readonly #newer = new Float64Array(LATENCY_BUCKETS);
  /** Number of observations. */
  count = 0;
  /** Sum of the observations in ms. */
  sum = 0;

  /** @param ms anything that is not a number ≥ 0 counts as 0 */
  observe(ms: number): void {
    const value = Number.isFinite(ms) ? Math.max(ms, 0) : 0;
    const index = Math.floor((Math.log2(value) - LOWEST_OCTAVE) * PER_OCTAVE);
    this.#counts[index < 0 ? 0 : index >= LATENCY_BUCKETS ? LATENCY_BUCKETS - 1 : index]!++;
    this.count++;
    this.sum += value;
  }

  get bucketCounts(): ArrayLike<number> {
    return this.#counts;
  }

  /** Begins a new stretch: `recent` then reaches back between one and two stretches. */
  rotate(): void {
    this.#older.set(this.#newer);
    this.#newer.set(this.#counts);
  }

  /** @param q 0..1  @returns ms since the start, null before the first observation */
  quantile(q: number): number | null {
    return mergedQuantile([this], q);
  }

  /** The same over the last one to two stretches; null where they saw nothing. */
  recentQuantile(q: number): number | null {
    return mergedRecentQuantile([this], q);
  }

  /** Observations below each of OCTAVE_BOUNDS. */
  cumulative(): number[] {
    const totals: number[] = [];
    let total = 0;
    for (let i = 0; i < LATENCY_BUCKETS; i++) {
      total += this.#counts[i]!;
      if ((i + 1) % PER_OCTAVE === 0) totals.push(total);
    }
    return totals;
  }

  /** Adds its buckets to `into`; only those of the last stretches where `recent`. */
  addTo(into: Float64Array, recent: boolean): void {
    for (let i = 0; i < LATENCY_BUCKETS; i++) into[i]! += this.#counts[i]! - (recent ? this.#older[i]! : 0);
  }
}

/** Quantile in ms of several histograms together; null where they saw nothing. */
export function mergedQuantile(histograms: readonly Histogram[], q: number): number | null {
  return merged(histograms, q, false);
}

/** Quantile in ms of the last one to two stretches of several histograms together; null where they saw nothing. */
export function mergedRecentQuantile(histograms: readonly Histogram[], q: number): number | null {
  return merged(histograms, q, true);
}

function merged(histograms: readonly Histogram[], q: number, recent: boolean): number | null {
  return quantileOf(mergedCounts(histograms, recent), q);
}

/** Observations by bucket of several histograms together; only those of the last stretches where `recent`. */
export function mergedCounts(histograms: readonly Histogram[], recent = false): Float64Array {
  const counts = new Float64Array(LATENCY_BUCKETS);
  for (const histogram of histograms) histogram.addTo(counts, recent);
  return counts;
}

/** Quantile in ms of observations by bucket, as `addTo` gives them; null where there are none. */
export function quantileOf(counts: Float64Array, q: number): number | null {
  let total = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) total += counts[i]!;
  if (total === 0) return null;
  let below = 0;
  const rank = Math.max(1, Math.ceil(Math.min(1, Math.max(0, q)) * total));
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    below += counts[i]!;
    if (below >= rank) return MIDDLES[i]!;
  }
  return null;
}

/** Share of observations by bucket, 0..1, that took longer than `ms`, as near as the buckets tell; null where there are none. */
export function shareAbove(counts: Float64Array, ms: number): number | null {
  let total = 0;
  let above = 0;
  for (let i = 0; i < LATENCY_BUCKETS; i++) {
    total += counts[i]!;
    if (MIDDLES[i]! > ms) above += counts[i]!;
  }
  return total === 0 ? null : above / total;
}
