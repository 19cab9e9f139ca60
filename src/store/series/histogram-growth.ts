import type { Buckets } from '../../foundation/metric-row.js';

/** What a histogram had counted when it was read before. */
export interface ObservationsBefore {
  readonly counts: Float64Array;
  readonly sum: number;
}

/** What a histogram observed since it was read before. */
export interface HistogramGrowth {
  readonly observations: readonly (readonly [value: number, count: number])[];
  /** Of the observations. */
  readonly sum: number;
  readonly after: ObservationsBefore;
}

/**
 * What a histogram observed between two readings. It observes for as long as its program runs: nothing before the first
 * reading is left out, and where it counts less than before it began anew, which leaves out what came between.
 */
export function newObservations(buckets: Buckets, before: ObservationsBefore | null): HistogramGrowth {
  const { bucketValues, bucketCounts } = buckets;
  const counts = Float64Array.from(bucketCounts);
  const after = { counts, sum: buckets.sum };
  const observations: [number, number][] = [];
  for (let i = 0; i < counts.length; i++) {
    const growth = counts[i]! - (before?.counts[i] ?? 0);
    if (growth < 0) return { observations: [], sum: 0, after };
    if (growth > 0) observations.push([bucketValues[i]!, growth]);
  }
  return { observations, sum: buckets.sum - (before?.sum ?? 0), after };
}
