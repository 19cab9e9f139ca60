import { createHash } from 'node:crypto';
import type { ReplyHeaders, ResponseHead } from '../web-request.js';
import { ageOf, type ResponseLifetime } from './lifetime.js';

/** A response as the cache keeps it. Handed over: nobody may change it. */
export interface StoredReply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Uint8Array;
  /** The pattern of the route that made it; null where it is not known. */
  readonly route: string | null;
  /** Unix ms when it was new. */
  readonly madeAt: number;
  /** Unix ms until which it is fresh, until which it may be served while another is made, and where making another fails. */
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
  readonly forAuthorization: boolean;
  readonly forCookies: boolean;
}

/**
 * What belongs to one connection or one exchange and not to the response: the fields of RFC 9111, 3.1, and those that tell a
 * client of itself, such as how many requests it has left.
 */
const NOT_KEPT = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'age',
  'cache-status',
  'server-timing',
  'x-response-time',
  'x-request-id',
  'request-id',
  'x-correlation-id',
  'traceparent',
  'tracestate',
  'retry-after',
]);
const OF_ONE_CLIENT = /^(x-)?ratelimit/;

/** @param now Unix ms */
export function storedReply(
  head: ResponseHead,
  body: Uint8Array,
  lifetime: ResponseLifetime,
  now: number,
): StoredReply {
  const freshUntil = now + lifetime.freshMs;
  return {
    kind: 'reply',
    status: head.status,
    headers: keptHeaders(head, body),
    body,
    route: head.route,
    madeAt: now - ageOf(head) * 1000,
    freshUntil,
    staleUntil: freshUntil + lifetime.staleWhileRevalidateMs,
    errorUntil: freshUntil + Math.max(lifetime.staleIfErrorMs, lifetime.staleWhileRevalidateMs),
    forAuthorization: lifetime.forAuthorization,
    forCookies: lifetime.forCookies,
  };
}

function keptHeaders(head: ResponseHead, body: Uint8Array): ReplyHeaders {
  const named = (head.header('connection') ?? '').toLowerCase().split(',');
  const dropped = new Set(named.map((name) => name.trim()));
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(head.headers)) {
    if (!NOT_KEPT.has(name) && !dropped.has(name) && !OF_ONE_CLIENT.test(name)) headers[name] = value;
  }
  if (headers.etag === undefined && head.status === 200) headers.etag = etagOf(body);
  return headers;
}

/** Weak: what another encoder makes of the same body may still be meant. */
function etagOf(body: Uint8Array): string {
  return `W/"${body.byteLength.toString(36)}-${createHash('sha1').update(body).digest('base64url')}"`;
}
