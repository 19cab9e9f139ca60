import type { KnownPoint } from '../operating-point.js';

/** Larger is better; null where nobody knows. */
const COSTS: readonly ((point: KnownPoint) => number | null)[] = [
  ({ serviceMs }) => -serviceMs,
  ({ picturesPerS }) => picturesPerS,
  ({ cpuMs }) => negative(cpuMs),
  ({ memoryBytes }) => negative(memoryBytes),
  ({ millijoules }) => negative(millijoules),
];

/** So much F1 is no difference: a variant is measured on some hundred pictures. */
const NO_DIFFERENCE = 0.005;

/**
 * The points that no other beats: none is at least as good in everything and better in something, nor hardly less accurate
 * and better in all that it costs. Where only one of two has a number, that number is not compared. Of two that are alike
 * in everything the first stays.
 *
 * @param isKept those that stay whatever beats them
 */
export function frontOfPoints(points: readonly KnownPoint[], isKept: (point: KnownPoint) => boolean): KnownPoint[] {
  return points.filter((one, at) => isKept(one) || !points.some((other, rank) => beats(other, one, rank < at)));
}

function beats(a: KnownPoint, b: KnownPoint, isFirst: boolean): boolean {
  if (a === b || a.accuracy < b.accuracy - NO_DIFFERENCE) return false;
  // a hair more accurate at more cost: only what is cheaper throughout may beat it
  if (a.accuracy < b.accuracy) return COSTS.every((merit) => isMore(merit(a), merit(b)));
  let better = isFirst || a.accuracy > b.accuracy;
  for (const merit of COSTS) {
    const [own, others] = [merit(a), merit(b)];
    if (own === null || others === null) continue;
    if (own < others) return false;
    if (own > others) better = true;
  }
  return better;
}

/** Of what nobody knows of one of them, there is no more or less. */
const isMore = (a: number | null, b: number | null): boolean => a === null || b === null || a > b;

const negative = (value: number | null): number | null => (value === null ? null : -value);
