import type { HistoryRow } from '../store/fleet-store.js';
import { type CountedTraffic, crossingsByClass } from './crossings.js';
import type { TimeSteps } from './series.js';

/** What a device counted over time. */
export interface CountedSteps {
  /** By class, one number per step; null: nothing is known of it. */
  readonly classes: Readonly<Record<string, readonly (number | null)[]>>;
  /** Share of each step of which counts are there, on average over the cameras that count. */
  readonly coverage: readonly number[];
}

/** @param rows of the table traffic */
export function countedSteps(
  rows: readonly Pick<HistoryRow, 'at' | 'subject' | 'body'>[],
  { from, stepMs, steps }: TimeSteps,
): CountedSteps {
  const counted = Array.from({ length: steps }, () => null as Record<string, number> | null);
  const coveredMs = new Float64Array(steps);
  const cameras = new Set<string | null>();
  for (const { at, subject, body } of rows) {
    const step = Math.floor((at - from) / stepMs);
    if (step < 0 || step >= steps) continue;
    const message = JSON.parse(body) as CountedTraffic & { coverage: number; intervalS: number };
    const byClass = crossingsByClass(message);
    cameras.add(subject);
    if (byClass === null) continue;
    coveredMs[step]! += message.coverage * message.intervalS * 1000;
    const sums = (counted[step] ??= {});
    for (const [name, count] of Object.entries(byClass)) sums[name] = (sums[name] ?? 0) + count;
  }
  const names = [...new Set(counted.flatMap((one) => Object.keys(one ?? {})))].sort();
  return {
    classes: Object.fromEntries(
      names.map((name) => [name, counted.map((one) => (one === null ? null : (one[name] ?? 0)))]),
    ),
    coverage: Array.from(coveredMs, (ms) => Math.min(1, ms / stepMs / Math.max(1, cameras.size))),
  };
}
