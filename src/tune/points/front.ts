import type { KnownPoint } from '../operating-point.js';

/** Larger is better; null where nobody knows. */
const MERITS: readonly ((point: KnownPoint) => number | null)[] = [
  ({ accuracy }) => accuracy,
  ({ serviceMs }) => -serviceMs,
  ({ picturesPerS }) => picturesPerS,
  ({ cpuMs }) => negative(cpuMs),
  ({ memoryBytes }) => negative(memoryBytes),
  ({ millijoules }) => negative(millijoules),
];

/**
 * The points that no other beats: none is at least as good in everything and better in something. Where only one of two
 * has a number, that number is not compared. Of two that are alike in everything the first stays.
 *
 * @param isKept those that stay whatever beats them
 */
export function frontOfPoints(points: readonly KnownPoint[], isKept: (point: KnownPoint) => boolean): KnownPoint[] {
  return points.filter((one, at) => isKept(one) || !points.some((other, rank) => beats(other, one, rank < at)));
}

function beats(a: KnownPoint, b: KnownPoint, isFirst: boolean): boolean {
  if (a === b) return false;
  let better = isFirst;
  for (const merit of MERITS) {
    const [own, others] = [merit(a), merit(b)];
    if (own === null || others === null) continue;
    if (own < others) return false;
    if (own > others) better = true;
  }
  return better;
}

const negative = (value: number | null): number | null => (value === null ? null : -value);
