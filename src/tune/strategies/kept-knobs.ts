import { z } from '../../foundation/validate.js';
import { checkKnobs } from '../knob-changes.js';
import type { KnobSettings } from '../knobs.js';

/** The name under which they are kept. */
export const KEPT_KNOBS = 'knobs';

const schema = z.object({
  knobs: z.object({
    point: z.object({
      model: z.string(),
      variant: z.string(),
      provider: z.string(),
      workers: z.number(),
      intraOpThreads: z.number(),
      batchSize: z.number(),
    }),
    batchWindowMs: z.number(),
    inferenceIntervalMs: z.number(),
    compressionQuality: z.number(),
  }),
});

/** Knobs as a strategy saved them; null where it is nothing of the kind, or cannot stand so. */
export function keptKnobs(saved: unknown): KnobSettings | null {
  const { data } = schema.safeParse(saved);
  if (data === undefined) return null;
  try {
    checkKnobs(data.knobs);
    return data.knobs;
  } catch {
    return null;
  }
}
