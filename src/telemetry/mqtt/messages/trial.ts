import { OPTIMIZATIONS } from '../../../config/optimizations.js';
import { KNOBS } from '../../../config/sections/tune.js';
import { z } from '../../../foundation/validate.js';
import { numbered } from './head.js';

/**
 * What became of a trial. `kept`: it did no harm, and what it was to bring it brought. `rolled-back`: it harmed or did not pay, and
 * what was before stands again. `expired`: nothing could be said about it in its time; it was taken back, unless it was an emergency.
 */
export const VERDICTS = ['kept', 'rolled-back', 'expired'] as const;

/** The score over some time. */
export const trialScore = z.object({
  value: z.number().meta({
    description:
      'Median of the means of some scores in a row, higher is better; the difference to what would have been, where the strategy can tell that.',
  }),
  error: z.number().min(0).meta({ description: 'Standard error of the median.' }),
  samples: z.int().min(1).meta({ description: 'How many scores it is made of.' }),
  parts: z.record(z.string(), z.number().nullable()).meta({
    description: 'Means of what the score is made of, by name; null where there was no reading.',
  }),
});

/** What a change is tried under: where these are other ones, what harmed may help. */
export const trialCircumstances = z.object({
  hour: z.int().min(0).max(23).meta({ description: 'Of the day, UTC.' }),
  temperature: z.number().nullable().meta({ description: '°C of the warmest part; null: nothing tells.' }),
  load: z.number().min(0).nullable().meta({
    description: 'Inferences a second that the scenes of all cameras ask for; null: nothing tells.',
  }),
  cameras: z.int().min(0),
  points: z.int().min(0).meta({ description: 'Operating points known, measured ones and estimates.' }),
});

const unixMs = z.int().min(0);

/** Everything that is known of a trial. */
export const trialFacts = z.object({
  id: z.string().min(1).meta({ description: 'The same in both messages of a trial; sorts by the time of its begin.' }),
  strategy: z.enum(OPTIMIZATIONS),
  knobs: z.array(z.enum(KNOBS)).readonly().meta({
    description: 'What it moves; empty where that is no knob of the detector.',
  }),
  from: z.string(),
  to: z.string(),
  reason: z.string().meta({ description: 'Why it is tried, with the numbers.' }),
  isEmergency: z.boolean().meta({ description: 'Made at once, because heat or overload does not wait.' }),
  circumstances: trialCircumstances.nullable().meta({ description: 'Under which it was tried; null: nothing told.' }),
  startedAt: unixMs.meta({ description: 'Unix ms.' }),
  before: trialScore
    .nullable()
    .meta({ description: 'The score before; null where an emergency did not wait for one.' }),
  after: trialScore.nullable().meta({
    description: 'The score after it had settled; null while it is under way, and where nothing was measured.',
  }),
  endedAt: unixMs.nullable().meta({ description: 'Unix ms; null while it is under way.' }),
  verdict: z.enum(VERDICTS).nullable().meta({
    description:
      'kept; rolled-back: it harmed or did not pay; expired: nothing could be said about it, and it was taken back unless it was an emergency. null while it is under way.',
  }),
  why: z.string().nullable().meta({ description: 'Why that verdict, with the numbers; null while it is under way.' }),
  undone: z.boolean().nullable().meta({
    description:
      'Whether what was before stands again: false where that failed and is tried again; null where it is not wanted.',
  }),
});

/** `trial`: when it begins, and when it has ended. */
export const trial = z.object({ ...numbered, ...trialFacts.shape });

/** A trial as its maker hands it in: the head is added when it is published. */
export type TrialPayload = z.infer<typeof trialFacts>;
