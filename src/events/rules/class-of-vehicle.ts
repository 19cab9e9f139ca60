import type { RuleTerms } from './rule-terms.js';
import type { WatchedVehicle } from './watched-vehicle.js';

/** Share of what was seen that must speak for a class. */
export const LEAST_CLASS_SHARE = 0.7;
/**
 * So many times as tall as a car is a lorry whatever it was taken for, so many times where it was ever taken for one too, and no more than so is none;
 * after so many inferences, more of them where none took it for one.
 */
const LORRY_TIMES = 1.5;
const MAYBE_TIMES = 1.25;
const CAR_TIMES = 1.15;
const LEAST_MEASURED = 3;
const LEAST_MEASURED_ALONE = 4;
/** Detectors take lorries for cars far more often than cars for lorries: so much for a lorry counts. */
const LEAST_TAKEN_SHARE = 0.1;

/** Share for the classes that a rule is about; of rules about lorries, but not cars, the height of the vehicle decides where it is clear. */
export function shareOfClass({ concerns }: RuleTerms, { votes, tallness }: WatchedVehicle): number | null {
  const share = votes.share(concerns);
  if (share === null || !concerns('truck') || concerns('car') || tallness.count < LEAST_MEASURED) return share;
  const times = tallness.mean!;
  if (times < CAR_TIMES) return Math.min(share, LEAST_CLASS_SHARE - 0.01);
  const isSeenOften = tallness.count >= LEAST_MEASURED_ALONE;
  const isLorry = (times >= LORRY_TIMES && isSeenOften) || (times >= MAYBE_TIMES && share >= LEAST_TAKEN_SHARE);
  return isLorry ? Math.max(share, Math.min(1, LEAST_CLASS_SHARE + (times - MAYBE_TIMES) / 2)) : share;
}

/** Whether a vehicle is of a class that the rule is about, as far as it was taken for one. */
export function isOfClass({ concernsAll, concerns }: RuleTerms, { votes }: WatchedVehicle): boolean {
  return concernsAll || (votes.share(concerns) ?? 0) >= 0.5;
}
