import { z } from '../../foundation/validate.js';
import { trialCircumstances } from '../../telemetry/mqtt/messages/trial.js';
import { WEEKS } from './demand/camera-week.js';
import { MOST_CAMERAS } from './demand/inference-demand.js';
import { WEEK_HOURS } from './demand/week.js';
import { MOST_KINDS } from './kind-regression.js';

const STATE_VERSION = 1;

/** A belief and its standard deviation. */
const belief = z.tuple([z.number(), z.number().min(0)]);
const regression = z.object({
  shared: z.array(belief).max(8),
  kinds: z
    .record(z.string().max(300), belief)
    .refine((kinds) => Object.keys(kinds).length <= MOST_KINDS, { error: `expected at most ${MOST_KINDS} kinds` }),
});

/** Inferences per second of a camera, by week and hour of the week. */
const weeks = z.array(z.array(z.number().min(0).max(1e4).nullable()).length(WEEK_HOURS)).length(WEEKS);

const ms = z.number().min(0);

/** Swaps of the last hour, and points that are left alone. */
const swaps = z.object({
  /** Unix ms of the time that the ages and rests are told from. */
  at: z.number(),
  /** ms since each was asked for, oldest first. */
  ages: z.array(ms).max(1000),
  avoided: z
    .array(
      z.object({
        name: z.string().max(400),
        leftMs: ms,
        pauseMs: ms,
        why: z.string().max(400),
        under: trialCircumstances.nullable(),
        mayBeMended: z.boolean(),
      }),
    )
    .max(64),
});
const NO_SWAPS = { at: 0, ages: [], avoided: [] };

/** What outlasts a restart of the swaps that were made and of those that failed. */
export type SavedSwaps = z.infer<typeof swaps>;

const schema = z.object({
  version: z.literal(STATE_VERSION),
  slowdown: regression,
  staleness: regression,
  power: regression.extend({ isRead: z.boolean() }),
  misses: belief,
  /** °C a watt, and how sure, by time constant. */
  rises: z.array(belief).length(4),
  /** °C at which the board was seen to hold itself back, where that is lower than it says. */
  throttleSeen: z.number().nullable(),
  demand: z.record(z.string().max(200), weeks).refine((cameras) => Object.keys(cameras).length <= MOST_CAMERAS, {
    error: `expected at most ${MOST_CAMERAS} cameras`,
  }),
  overheadMs: z.number().min(0).max(500),
  /** Not kept by earlier releases. */
  swaps: swaps.catch(NO_SWAPS),
});

/** What the controller has learnt of the device, as plain JSON. */
export type SavedState = z.infer<typeof schema>;

/** A state as it was saved; null for none, a damaged one, or one of another version. */
export function parseState(saved: unknown): SavedState | null {
  return schema.safeParse(saved).data ?? null;
}

export function versioned(state: Omit<SavedState, 'version'>): SavedState {
  return { version: STATE_VERSION, ...state };
}
