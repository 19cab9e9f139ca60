import type { z } from '../../foundation/validate.js';
import { type TrialPayload, trialFacts, type trialScore, type VERDICTS } from '../../telemetry/mqtt/messages/trial.js';

export type TrialVerdict = (typeof VERDICTS)[number];

/** The score over some time: its median, and how far that may be off. */
export type TrialScore = z.infer<typeof trialScore>;

/** Everything that is known of a trial, as it stands in the ledger and goes over MQTT. */
export type TrialRecord = TrialPayload;

/** The same, once it has ended. */
export type EndedTrial = TrialRecord & {
  readonly endedAt: number;
  readonly verdict: TrialVerdict;
  readonly why: string;
};

/** Without the records that this version cannot read. */
export function parseTrials(records: readonly unknown[]): TrialRecord[] {
  return records.flatMap((record) => trialFacts.safeParse(record).data ?? []);
}
