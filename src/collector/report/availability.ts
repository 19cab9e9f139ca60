import type { ConnectionTimes } from '../store/fleet-store.js';

/** A stretch of time, Unix ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is shorter than that is a connection that was made anew. */
const LEAST_AWAY_MS = 60_000;

/**
 * When a device was connected, in order. A birth within a connection ends nothing.
 *
 * @param connections oldest first
 * @param lastEnd Unix ms to which the last one reaches where it has not ended: now, or when it was last heard
 */
export function connectedStretches(connections: readonly ConnectionTimes[], lastEnd: number): Stretch[] {
  const stretches: { from: number; to: number }[] = [];
  for (const [index, { receivedAt, endedAt }] of connections.entries()) {
    const next = connections[index + 1]?.receivedAt ?? Math.max(receivedAt, lastEnd);
    const to = endedAt === null ? next : Math.min(endedAt, next);
    const last = stretches.at(-1);
    if (last !== undefined && receivedAt <= last.to) last.to = Math.max(last.to, to);
    else if (to > receivedAt) stretches.push({ from: receivedAt, to });
  }
  return stretches;
}

/** ms of the stretches that lie within another one. */
export const msWithin = (stretches: readonly Stretch[], { from, to }: Stretch): number =>
  stretches.reduce((sum, one) => sum + Math.max(0, Math.min(to, one.to) - Math.max(from, one.from)), 0);

/** When it was away for a minute or longer. */
export function awayStretches(connected: readonly Stretch[], whole: Stretch): Stretch[] {
  const away: Stretch[] = [];
  let at = whole.from;
  for (const { from, to } of connected) {
    if (to <= whole.from || from >= whole.to) continue;
    if (from - at >= LEAST_AWAY_MS) away.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (whole.to - at >= LEAST_AWAY_MS) away.push({ from: at, to: whole.to });
  return away;
}
