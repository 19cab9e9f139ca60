import type { KnownPoint } from '../operating-point.js';
import { keyOf, type SeenAccuracy } from './comparable-accuracy.js';
import { frontOfPoints } from './front.js';

/** A variant that is worth being measured. */
export interface CandidateVariant {
  readonly model: string;
  readonly variant: string;
  /** Whether its speed on this device is not known, and how accurate it is on these cameras. */
  readonly wantsSpeed: boolean;
  readonly wantsLook: boolean;
}

/** A candidate that is expected to take longer than so many times the longest latency is never chosen. */
const FAR_TOO_SLOW = 3;
/** Fewer cannot agree on anything. */
const LEAST_WITNESSES = 3;

/**
 * What is to be measured, by what is believed now: every variant that has a point which no other beats, the most accurate
 * first. All of them are looked at, or none: what was found at another time, or among others, is not compared.
 *
 * @param points all that this device has, as `candidatePoints` gives them
 * @param seen what was found on the own cameras, none of it too old
 * @param latencyMs longest time that an answer may take
 */
export function worthMeasuring(
  points: readonly KnownPoint[],
  seen: readonly SeenAccuracy[],
  latencyMs: number,
): CandidateVariant[] {
  const affordable = points.filter(({ serviceMs }) => serviceMs <= FAR_TOO_SLOW * latencyMs);
  const front = frontOfPoints(affordable, () => false);
  const known = new Set(seen.map(({ model, variant }) => keyOf(model, variant)));
  const variants = new Map<string, { point: KnownPoint; isMeasured: boolean }>();
  for (const point of front) {
    const key = keyOf(point.model, point.variant);
    const isMeasured = points.some((one) => one.isMeasured && keyOf(one.model, one.variant) === key);
    variants.set(key, { point, isMeasured });
  }
  const canAgree = variants.size >= LEAST_WITNESSES;
  const isIncomplete = [...variants.keys()].some((key) => !known.has(key));
  return [...variants.values()]
    .sort((a, b) => b.point.accuracy - a.point.accuracy)
    .map(({ point: { model, variant }, isMeasured }) => {
      return { model, variant, wantsSpeed: !isMeasured, wantsLook: canAgree && isIncomplete };
    })
    .filter(({ wantsSpeed, wantsLook }) => wantsSpeed || wantsLook);
}
