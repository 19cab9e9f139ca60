/** When a device was asked for its birth. */
export interface RebirthPlan {
  /** Unix ms; null: not yet. */
  readonly askedAt: number | null;
  /** How often without an answer. */
  readonly times: number;
}

export const NO_REBIRTH: RebirthPlan = { askedAt: null, times: 0 };
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Whether it is time to ask: at once, then after 1, 2, 4 … minutes, at last once an hour. */
export function isRebirthDue({ askedAt, times }: RebirthPlan, now: number): boolean {
  if (askedAt === null) return true;
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, times - 1));
  // a clock that was set back ends the waiting
  return now - askedAt >= pauseMs || now < askedAt;
}

export const rebirthAsked = ({ times }: RebirthPlan, now: number): RebirthPlan => ({ askedAt: now, times: times + 1 });
