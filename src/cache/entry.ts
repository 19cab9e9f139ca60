/** What a tier holds for a key. One shape for all entries, so that reads stay monomorphic. */
export interface Entry {
  readonly value: unknown;
  /** Estimated bytes of key, value and bookkeeping in memory. */
  readonly bytes: number;
  /** The cache's clock when the value began to be computed; older than a tag's time means stale. */
  readonly stamp: number;
  /** Unix ms. */
  createdAt: number;
  /** Unix ms; Infinity: never. */
  expiresAt: number;
  /** Unix ms until which the value may be served stale; at least `expiresAt`. */
  graceUntil: number;
  readonly tags: readonly string[];
}

export type Freshness = 'fresh' | 'grace' | 'expired';

export interface Lifetime {
  /** ms; Infinity: never expires. */
  readonly ttl: number;
  /** ms after the ttl during which the value may be served stale. */
  readonly grace: number;
  /** 0..1: the share of the ttl that chance may take away, so that entries made together do not expire together. */
  readonly jitter: number;
}

/** @param random 0..1, the draw that jitter uses */
export function makeEntry(
  value: unknown,
  bytes: number,
  stamp: number,
  tags: readonly string[],
  { ttl, grace, jitter }: Lifetime,
  now: number,
  random: number,
): Entry {
  const expiresAt = now + ttl * (1 - jitter * random);
  return { value, bytes, stamp, createdAt: now, expiresAt, graceUntil: expiresAt + grace, tags };
}

/**
 * How an entry stands at `now`. A clock that was set back makes entries come from the future: such an entry counts as
 * made now, so that it lives at most its own ttl longer instead of as long as the step was.
 */
export function freshness(entry: Entry, now: number): Freshness {
  const ahead = entry.createdAt - now;
  if (ahead > 0) {
    entry.createdAt -= ahead;
    entry.expiresAt -= ahead;
    entry.graceUntil -= ahead;
  }
  if (now < entry.expiresAt) return 'fresh';
  return now < entry.graceUntil ? 'grace' : 'expired';
}
