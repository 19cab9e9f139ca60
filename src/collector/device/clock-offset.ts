/** What is known of a device's clock, as it is kept over restarts. */
export interface ClockOffsetState {
  /** Unix ms at which the present window began. */
  readonly since: number;
  /** ms: the least that lay between made and received in the present window, and in the one before; null: nothing came. */
  readonly least: number;
  readonly before: number | null;
}

/** A clock that is set is believed after at most two of them. */
const WINDOW_MS = 600_000;
/** ms by which a clock may differ before what it says is corrected: below it is the way of a message rather than the clock. */
export const CLOCK_TOLERANCE_MS = 10_000;

/**
 * The next state: what took the shortest way says most of the clock, so that the least difference counts, of the last 10 to 20
 * minutes.
 *
 * @param madeAt Unix ms by the device's clock, of a message that was told at once
 */
export function nextClockOffset(state: ClockOffsetState | null, madeAt: number, receivedAt: number): ClockOffsetState {
  const difference = receivedAt - madeAt;
  if (state === null) return { since: receivedAt, least: difference, before: null };
  const age = receivedAt - state.since;
  if (age >= 0 && age < WINDOW_MS) return difference < state.least ? { ...state, least: difference } : state;
  return { since: receivedAt, least: difference, before: age < 0 || age > 2 * WINDOW_MS ? null : state.least };
}

/** By how many ms the device's clock is ahead of this one, the way of the message included; null: nothing is known. */
export function clockOffsetMs(state: ClockOffsetState | null): number | null {
  if (state === null) return null;
  return -Math.min(state.least, state.before ?? state.least);
}

/** A time of the device in its place among those of others: corrected where its clock is wrong. @returns Unix ms */
export function placedTime(at: number, offsetMs: number | null): number {
  return offsetMs === null || Math.abs(offsetMs) < CLOCK_TOLERANCE_MS ? at : at - offsetMs;
}
