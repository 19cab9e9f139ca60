import type { RuleTerms } from './rule-terms.js';
import type { WatchedVehicle } from './watched-vehicle.js';

/** Share of what was seen that must speak for a class. */
export const LEAST_CLASS_SHARE = 0.7;
/** So many times as tall as a car is a lorry, and no more than so is none; after so many inferences. */
const LORRY_TIMES = 1.5;
const CAR_TIMES = 1.15;
const LEAST_MEASURED = 2;

/** Share for the classes that a rule is about; of rules about lorries, but not cars, the height of the vehicle decides where it is clear. */
export function shareOfClass({ concerns }: RuleTerms, { votes, tallness, measured }: WatchedVehicle): number | null {
  const share = votes.share(concerns);
  if (share === null || !concerns('truck') || concerns('car') || measured < LEAST_MEASURED) return share;
  const times = tallness / measured;
  if (times < CAR_TIMES) return Math.min(share, LEAST_CLASS_SHARE - 0.01);
  return times >= LORRY_TIMES ? Math.max(share, Math.min(1, times / 2)) : share;
}

/** Whether a vehicle is of a class that the rule is about, as far as it was taken for one. */
export function isOfClass({ concernsAll, concerns }: RuleTerms, { votes }: WatchedVehicle): boolean {
  return concernsAll || (votes.share(concerns) ?? 0) >= 0.5;
}
