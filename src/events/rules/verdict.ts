import type { OffenceFinding } from './infraction.js';

/**
 * What a rule says of a vehicle at the moment: that it broke it, with what bears that out, how certain that is (0..1) and since when (ms on the
 * scene's clock); that nobody may say anything, though it crossed; or nothing.
 */
export type RuleVerdict =
  | { readonly finding: OffenceFinding; readonly certainty: number; readonly from: number }
  | 'undecided'
  | null;
