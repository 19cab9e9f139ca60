import type { ResponseHead } from '../web-request.js';
import { type Directives, parseDirectives, secondsOf } from './directives.js';
import type { RoutePolicy } from './route-policy.js';

/** Whom a request comes from, as far as that decides who may see the answer. */
export interface Credentials {
  /** Or another header that says who asks. */
  readonly hasAuthorization: boolean;
  readonly hasCookies: boolean;
}

/** How long a response may be kept, in ms, and for whom. */
export interface ResponseLifetime {
  readonly freshMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  /** May answer requests with `Authorization`. */
  readonly forAuthorization: boolean;
  /** May answer requests with `Cookie`. */
  readonly forCookies: boolean;
}

/** Why a response is not kept. */
export type KeepRefusal =
  | 'status'
  | 'set-cookie'
  | 'no-store'
  | 'private'
  | 'no-cache'
  | 'vary'
  | 'authorization'
  | 'cookie'
  | 'no-lifetime';

/** Final statuses that mean the same to the next one who asks. Neither parts (206) nor failures of ours (5xx) are among them. */
const KEPT = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414]);
/** Those that a route's own `ttl` holds for: that something is not there is kept only where the response says so itself. */
const KEPT_BY_ROUTE = new Set([200, 203, 204, 300, 301, 308]);

/**
 * Whether a shared cache may keep the response to a GET, and how long: RFC 9111, 3 and 4.2, with the two extensions of RFC
 * 5861. Stricter where that is silent: a response with `Set-Cookie` is never kept, one to a request with `Cookie` only where
 * it says that it is for everybody (`public`, `s-maxage`) or which cookies it is for (`Vary`), and `no-cache` is not kept,
 * since each use would have to ask the handler anyway. There is no heuristic freshness.
 *
 * @param now Unix ms
 */
export function lifetimeOf(
  credentials: Credentials,
  head: ResponseHead,
  policy: RoutePolicy | null,
  now: number,
): ResponseLifetime | KeepRefusal {
  if (!KEPT.has(head.status)) return 'status';
  const refusal = headRefusal((name) => head.header(name));
  if (refusal !== null) return refusal;
  const directives = parseDirectives(head.header('cache-control'));
  const vary = head.header('vary')?.toLowerCase() ?? '';
  const isPublic = directives.has('public') || directives.has('s-maxage') || policy?.sameForAll === true;
  const forAuthorization = isPublic || directives.has('must-revalidate');
  const forCookies = isPublic || /(^|[\s,])cookie([\s,]|$)/.test(vary);
  if (credentials.hasAuthorization && !forAuthorization) return 'authorization';
  if (credentials.hasCookies && !forCookies) return 'cookie';
  const freshMs = freshness(head, directives, policy, now);
  if (freshMs === null) return 'no-lifetime';
  const stale = staleTimes(directives, policy);
  if (freshMs + stale.staleWhileRevalidateMs + stale.staleIfErrorMs <= 0) return 'no-lifetime';
  return { freshMs, ...stale, forAuthorization, forCookies };
}

/** Why the headers of a response forbid to keep it, whoever asked; null: they do not. @param read one of them by its name */
export function headRefusal(read: (name: string) => string | undefined): KeepRefusal | null {
  if (read('set-cookie') !== undefined) return 'set-cookie';
  const directives = parseDirectives(read('cache-control'));
  if (directives.has('no-store')) return 'no-store';
  if (directives.has('private')) return 'private';
  if (directives.has('no-cache')) return 'no-cache';
  return read('vary')?.includes('*') ? 'vary' : null;
}

/** ms that it is fresh from now on; null where neither it nor its route says. */
function freshness(head: ResponseHead, directives: Directives, policy: RoutePolicy | null, now: number): number | null {
  const named = secondsOf(directives, 's-maxage') ?? secondsOf(directives, 'max-age');
  const said = named === null ? untilExpiry(head, now) : named * 1000;
  if (said !== null) return Math.max(0, said - ageOf(head) * 1000);
  if (policy?.ttl === undefined || !KEPT_BY_ROUTE.has(head.status)) return null;
  return policy.ttl;
}

/** What `Expires` says; a time that is none has passed. */
function untilExpiry(head: ResponseHead, now: number): number | null {
  const expires = head.header('expires');
  if (expires === undefined) return null;
  const made = Date.parse(head.header('date') ?? '');
  const at = Date.parse(expires);
  return Number.isNaN(at) ? 0 : Math.max(0, at - (Number.isNaN(made) ? now : made));
}

/** s that the response was under way already when it came, as a handler that asks others may say. */
export function ageOf(head: ResponseHead): number {
  const age = head.header('age');
  return age !== undefined && /^\d{1,10}$/.test(age) ? Number(age) : 0;
}

/**
 * `must-revalidate` and `proxy-revalidate` forbid what is stale. `s-maxage` means the latter too, but a response that names
 * a stale time beside it asks for that (RFC 5861); the route's times are given up for it.
 */
function staleTimes(directives: Directives, policy: RoutePolicy | null) {
  if (directives.has('must-revalidate') || directives.has('proxy-revalidate')) {
    return { staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
  }
  const ofRoute = directives.has('s-maxage') ? null : policy;
  const ms = (name: string, otherwise: number) => {
    const seconds = secondsOf(directives, name);
    return seconds === null ? otherwise : seconds * 1000;
  };
  return {
    staleWhileRevalidateMs: ms('stale-while-revalidate', ofRoute?.staleWhileRevalidate ?? 0),
    staleIfErrorMs: ms('stale-if-error', ofRoute?.staleIfError ?? 0),
  };
}
