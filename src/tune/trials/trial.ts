import { KNOBS } from '../../config/sections/tune.js';
import { z } from '../../foundation/validate.js';
import { OPTIMIZATIONS } from '../optimization-strategy.js';
import { trialCircumstances } from './circumstances.js';

/**
 * What became of a trial. `kept`: it did no harm, and what it was to bring it brought. `rolled-back`: it harmed or did not pay, and
 * what was before stands again. `expired`: nothing could be said about it in its time; it was taken back, unless it was an emergency.
 */
export const VERDICTS = ['kept', 'rolled-back', 'expired'] as const;
export type TrialVerdict = (typeof VERDICTS)[number];

/** The score over some time. */
export const trialScore = z.object({
  /** Median; the difference to what would have been, where the strategy tells that. */
  value: z.number(),
  /** Standard error of the median, at most. */
  error: z.number().min(0),
  /** How many scores it is the median of. */
  samples: z.int().min(1),
  /** Medians of what the score is made of, by name; null where there was no reading. */
  parts: z.record(z.string(), z.number().nullable()),
});
export type TrialScore = z.infer<typeof trialScore>;

/** Everything that is known of a trial, as it stands in the ledger. */
export const trialRecord = z.object({
  /** Unique on the device; sorts by the time of the begin. */
  id: z.string().min(1),
  strategy: z.enum(OPTIMIZATIONS),
  /** The knobs that it moves; empty where it moves none. */
  knobs: z.array(z.enum(KNOBS)).readonly(),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  /** Applied at once, because heat or overload does not wait. */
  isEmergency: z.boolean(),
  /** Under which it was tried; null where nothing told. */
  circumstances: trialCircumstances.nullable(),
  /** Unix ms. */
  startedAt: z.int(),
  /** null: not known, because it was an emergency. */
  before: trialScore.nullable(),
  /** null: it has no end yet, or ended before anything was measured. */
  after: trialScore.nullable(),
  /** Unix ms; null while it is under way. */
  endedAt: z.int().nullable(),
  /** null while it is under way. */
  verdict: z.enum(VERDICTS).nullable(),
  /** Why that verdict, with the numbers; null while it is under way. */
  why: z.string().nullable(),
  /** Whether what was before stands again; null where that is not wanted. */
  undone: z.boolean().nullable(),
});
export type TrialRecord = z.infer<typeof trialRecord>;

/** The same, once it has ended. */
export type EndedTrial = TrialRecord & {
  readonly endedAt: number;
  readonly verdict: TrialVerdict;
  readonly why: string;
};

/** Without the records that this version cannot read. */
export function parseTrials(records: readonly unknown[]): TrialRecord[] {
  return records.flatMap((record) => trialRecord.safeParse(record).data ?? []);
}
