import { ORIGINS, type Origin } from '../../src/frame/frame-result.js';
import type { FrameLine } from '../harness/results.js';

/** A frame's result as the contenders write it; the naive script names no origin: it infers. */
export interface Answer extends FrameLine {
  readonly origin?: Origin;
}

export const originOf = ({ origin }: Answer): Origin => origin ?? 'inferred';

/** Share of the answers per origin, 0..1; all 0 of none. */
export function originShares(answers: readonly Answer[]): Record<Origin, number> {
  const shares = Object.fromEntries(ORIGINS.map((origin) => [origin, 0])) as Record<Origin, number>;
  for (const answer of answers) shares[originOf(answer)] += 1 / answers.length;
  return shares;
}
