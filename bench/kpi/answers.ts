import type { Origin } from '../../src/frame/frame-result.js';
import type { FrameLine } from '../peers/results.js';

/** A frame's result as the contenders write it; the naive script names no origin: it infers. */
export interface Answer extends FrameLine {
  readonly origin?: Origin;
}

/** In the order of tables and charts. */
export const ORIGINS = ['inferred', 'propagated', 'reused-memory', 'reused-disk'] as const satisfies readonly Origin[];

export const originOf = ({ origin }: Answer): Origin => origin ?? 'inferred';

/** Share of the answers per origin, 0..1; all 0 of none. */
export function originShares(answers: readonly Answer[]): Record<Origin, number> {
  const shares = { inferred: 0, propagated: 0, 'reused-memory': 0, 'reused-disk': 0 };
  for (const answer of answers) shares[originOf(answer)] += 1 / answers.length;
  return shares;
}

/** null of none. */
export function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0) / numbers.length;
}
