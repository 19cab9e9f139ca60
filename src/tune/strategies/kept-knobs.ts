import { KNOBS } from '../../config/sections/tune.js';
import { z } from '../../foundation/validate.js';
import { checkKnobs } from '../knob-changes.js';
import type { KnobName, KnobSettings } from '../knobs.js';

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

const wayBack = z.object({ knobs: z.array(z.enum(KNOBS)), before: z.unknown(), after: z.unknown() });

/** Where knobs stood before a change and after it, and which it moved. */
export interface KnobWay {
  readonly knobs: readonly KnobName[];
  readonly before: KnobSettings;
  readonly after: KnobSettings;
}

/** A way back as it was kept; null where it is nothing of the kind. */
export function keptWay(saved: unknown): KnobWay | null {
  const { data } = wayBack.safeParse(saved);
  const [before, after] = [data?.before, data?.after].map((knobs) => keptKnobs({ knobs }));
  return data === undefined || !before || !after ? null : { knobs: data.knobs, before, after };
}

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
