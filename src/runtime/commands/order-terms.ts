/** The longest that anything holds which a command changed. */
export const MAX_ORDER_MS = 30 * 86_400_000;

/** Until when something holds: by the clock of the wall, and by one that only goes forward. */
export interface OrderTerm {
  /** Unix ms. */
  readonly since: number;
  /** Unix ms; null: until it is taken back. */
  readonly until: number | null;
  /** Id of the key that ordered it. */
  readonly by: string;
  /** ms on the clock that only goes forward; Infinity where there is no end. */
  readonly endsAt: number;
}

/** Now, on both clocks. */
export interface BothClocks {
  /** Unix ms. */
  readonly wall: number;
  /** ms that only go forward. */
  readonly steady: number;
}

/**
 * How long something still holds. A clock that was set back before a restart prolongs nothing beyond what was ordered.
 *
 * @param since, until Unix ms
 */
export function orderTerm(since: number, until: number | null, by: string, { wall, steady }: BothClocks): OrderTerm {
  if (until === null) return { since, until, by, endsAt: Number.POSITIVE_INFINITY };
  return { since, until, by, endsAt: steady + Math.min(until - wall, until - since) };
}

/** Whether it is over by either clock, so that one that is set forward ends it too. */
export function isOver({ until, endsAt }: OrderTerm, { wall, steady }: BothClocks): boolean {
  return (until !== null && wall >= until) || steady >= endsAt;
}
