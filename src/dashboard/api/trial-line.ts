import { z } from '../../foundation/validate.js';
import type { StoredTrial } from '../../store/trials.js';

/** A trial in one line, as pages about one strategy show it. */
export const trialLine = z.object({
  id: z.string(),
  at: z.number(),
  endedAt: z.number().nullable(),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  verdict: z.string().nullable().meta({ description: 'kept, rolled-back, expired; null while it is under way.' }),
  why: z.string().nullable(),
});
export type TrialLine = z.infer<typeof trialLine>;

const kept = z.object({
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  endedAt: z.number().nullable(),
  why: z.string().nullable(),
});

/** Without those that this version cannot read. */
export function trialLines(trials: readonly StoredTrial[]): TrialLine[] {
  return trials.flatMap(({ id, at, verdict, record }) => {
    const { data } = kept.safeParse(record);
    return data === undefined ? [] : [{ id, at, verdict, ...data }];
  });
}
