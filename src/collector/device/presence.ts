/**
 * How a device is, as far as it can be known from afar. `online`: it says so, and something came of late. `stale`: it says so, and
 * nothing came for a while. `offline`: it said goodbye, or the broker told its last will. `gone`: nothing came for so long that
 * nobody should wait. `unknown`: what came says nothing of it.
 */
export const PRESENCES = ['online', 'stale', 'offline', 'gone', 'unknown'] as const;
export type Presence = (typeof PRESENCES)[number];

/** After how long, in ms. */
export interface PresenceLimits {
  /** Twice the time between two messages that always come: counts and summaries come every 5 to 15 minutes. */
  readonly staleMs: number;
  readonly goneMs: number;
}

export const DEFAULT_PRESENCE_LIMITS: PresenceLimits = { staleMs: 1_800_000, goneMs: 604_800_000 };

/**
 * @param online what its status says; null: nothing
 * @param heardAt Unix ms of the newest message
 */
export function presenceOf(
  { online, heardAt }: { readonly online: boolean | null; readonly heardAt: number },
  now: number,
  { staleMs, goneMs }: PresenceLimits = DEFAULT_PRESENCE_LIMITS,
): Presence {
  const silentMs = now - heardAt;
  if (silentMs >= goneMs) return 'gone';
  if (online === false) return 'offline';
  if (silentMs >= staleMs) return 'stale';
  return online === null ? 'unknown' : 'online';
}
