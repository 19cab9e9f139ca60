import type { WebRequest } from '../web-request.js';
import { type Directives, parseDirectives, secondsOf } from './directives.js';
import type { Credentials } from './lifetime.js';
import type { StoredReply } from './stored-reply.js';

/** What a request says of caching (RFC 9111, 5.2.1). */
export interface RequestWishes {
  /** Neither what is asked nor what is answered may be kept. */
  readonly noStore: boolean;
  /** Whatever is kept must not be served. */
  readonly noCache: boolean;
  readonly onlyIfCached: boolean;
  /** ms; null: any. */
  readonly maxAgeMs: number | null;
  readonly minFreshMs: number;
}

/** Of a client that says nothing. */
export const NO_WISHES: RequestWishes = {
  noStore: false,
  noCache: false,
  onlyIfCached: false,
  maxAgeMs: null,
  minFreshMs: 0,
};

/** What the client wishes, with `Pragma: no-cache` where there is no `Cache-Control`. */
export function requestWishesOf(request: WebRequest): RequestWishes {
  const header = request.header('cache-control');
  if (header === undefined) {
    return request.header('pragma')?.toLowerCase().includes('no-cache') ? { ...NO_WISHES, noCache: true } : NO_WISHES;
  }
  return wishesIn(parseDirectives(header));
}

function wishesIn(directives: Directives): RequestWishes {
  const ms = (name: string): number | null => {
    const seconds = secondsOf(directives, name);
    return seconds === null ? null : seconds * 1000;
  };
  return {
    noStore: directives.has('no-store'),
    noCache: directives.has('no-cache'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAgeMs: ms('max-age'),
    minFreshMs: ms('min-fresh') ?? 0,
  };
}

/** A clock that was set back by more than this makes what was kept before no answer to anything. */
const CLOCK_SLACK_MS = 1000;

/**
 * How what is kept may be used for a request: `fresh` as it is; `stale` while a new one is made; `error` only where making a
 * new one fails; `none` not at all.
 *
 * @param now Unix ms
 */
export function reuseOf(
  stored: StoredReply,
  { hasAuthorization, hasCookies }: Credentials,
  wishes: RequestWishes,
  now: number,
): 'fresh' | 'stale' | 'error' | 'none' {
  if ((hasAuthorization && !stored.forAuthorization) || (hasCookies && !stored.forCookies)) return 'none';
  const age = now - stored.madeAt;
  if (age < -CLOCK_SLACK_MS) return 'none';
  const isWished = !wishes.noCache && (wishes.maxAgeMs === null || age <= wishes.maxAgeMs);
  if (isWished && now + wishes.minFreshMs < stored.freshUntil) return 'fresh';
  if (isWished && wishes.minFreshMs === 0 && now < stored.staleUntil) return 'stale';
  return now < stored.errorUntil ? 'error' : 'none';
}
