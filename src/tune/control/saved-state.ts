import { z } from '../../foundation/validate.js';

const STATE_VERSION = 1;
const MOST_KINDS = 256;

/** What is believed of the same thing for each kind of point: the belief and its standard deviation. */
const beliefs = z.record(z.string().max(300), z.tuple([z.number(), z.number().min(0)]));

const schema = z.object({
  version: z.literal(STATE_VERSION),
  /** By how much each kind is slower than its profile. */
  slowdown: beliefs,
  /** F1 that each kind loses beside what its age explains. */
  lost: beliefs,
  staleness: z.array(z.number()).length(4),
  power: z.object({ coefficients: z.array(z.number()).length(6), isRead: z.boolean() }),
  rises: z.array(z.number()).length(8),
  /** °C at which the board was seen to hold itself back, where that is lower than it says. */
  throttleSeen: z.number().nullable(),
});

/** What the controller has learnt of the device, as plain JSON. */
export type SavedState = z.infer<typeof schema>;

/** A state as it was saved; null for one of another version, a damaged one, or none. */
export function parseState(saved: unknown): SavedState | null {
  const { data } = schema.safeParse(saved);
  if (data === undefined) return null;
  return Object.keys(data.slowdown).length > MOST_KINDS || Object.keys(data.lost).length > MOST_KINDS ? null : data;
}

export function stateOf(state: Omit<SavedState, 'version'>): SavedState {
  return { version: STATE_VERSION, ...state };
}
