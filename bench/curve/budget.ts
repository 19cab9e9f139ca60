import type { Family, Point } from './contender.js';

/**
 * F1 that a contender reaches on a clip with so many inferences a second: between its settings, along the logarithm of the rate.
 *
 * @returns null outside of what its settings take
 */
export function f1At(points: readonly Point[], inferencesPerS: number): number | null {
  const sorted = [...points].sort((a, b) => a.inferencesPerS - b.inferencesPerS);
  const above = sorted.findIndex((point) => point.inferencesPerS >= inferencesPerS);
  if (above < 0) return null;
  const [high, low] = [sorted[above]!, sorted[above - 1]];
  if (high.inferencesPerS === inferencesPerS) return high.f1;
  if (!low) return null;
  const [from, to] = [Math.log(low.inferencesPerS), Math.log(high.inferencesPerS)];
  return low.f1 + ((Math.log(inferencesPerS) - from) / (to - from)) * (high.f1 - low.f1);
}

/** A point of ours beside what a rival reaches with as many inferences. */
export interface Lead {
  readonly clip: string;
  readonly setting: string;
  readonly rival: Family;
  /** F1 more than the rival's; below 0 it is ahead. */
  readonly f1: number;
}

/** Our points beside each rival, where it has settings on both sides. A rival that reaches more with less is taken at that. */
export function leads(points: readonly Point[]): Lead[] {
  return points
    .filter(({ family }) => family === 'ours')
    .flatMap(({ clip, setting, inferencesPerS, f1 }) =>
      (['fixed interval', 'motion gate'] as const).flatMap((rival) => {
        const own = points.filter((point) => point.clip === clip && point.family === rival);
        const theirs = bestUpTo(own, inferencesPerS);
        return theirs === null ? [] : [{ clip, setting, rival, f1: f1 - theirs }];
      }),
    );
}

function bestUpTo(points: readonly Point[], inferencesPerS: number): number | null {
  const cheaper = points.filter((point) => point.inferencesPerS <= inferencesPerS).map(({ f1 }) => f1);
  const between = f1At(points, inferencesPerS);
  const all = between === null ? cheaper : [...cheaper, between];
  return all.length === 0 ? null : Math.max(...all);
}
