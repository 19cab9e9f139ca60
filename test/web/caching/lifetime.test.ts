import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lifetimeOf } from '../../../src/web/caching/lifetime.js';
import type { RoutePolicy } from '../../../src/web/caching/route-policy.js';
import { headerText, ResponseHead } from '../../../src/web/web-request.js';
import { seeded } from '../../seeded.js';

/** What is used of http-cache-semantics, which brings no types. */
interface CachePolicy {
  now: () => number;
  storable(): boolean;
  /** s. */
  maxAge(): number;
}

type Described = { readonly headers: Readonly<Record<string, string>> };
const OtherPolicy = createRequire(import.meta.url)('http-cache-semantics') as new (
  request: Described & { readonly url: string; readonly method: string },
  response: Described & { readonly status: number },
  options: { readonly shared: boolean; readonly cacheHeuristic: number; readonly immutableMinTimeToLive: number },
) => CachePolicy;

const NOW = Date.UTC(2026, 0, 1);
const NOBODY = { hasAuthorization: false, hasCookies: false };

function head(headers: Record<string, string>, status = 200): ResponseHead {
  return new ResponseHead({ status, route: null, read: (name) => headerText(headers[name]), readAll: () => headers });
}

const kept = (headers: Record<string, string>, policy: RoutePolicy | null = null, status = 200) =>
  lifetimeOf(NOBODY, head(headers, status), policy, NOW);

test('times are those that the response names, s-maxage first, less the time that it was under way', () => {
  const fresh = (headers: Record<string, string>) => {
    const lifetime = kept(headers);
    return typeof lifetime === 'string' ? lifetime : lifetime.freshMs;
  };
  assert.is(fresh({ 'cache-control': 'max-age=60, s-maxage=10' }), 10_000);
  assert.is(fresh({ 'cache-control': 'max-age="60"', age: '20' }), 40_000);
  assert.is(fresh({ 'cache-control': 'max-age=60, max-age=5' }), 5000);
  assert.is(fresh({ expires: new Date(NOW + 30_000).toUTCString() }), 30_000);
  assert.is(fresh({ expires: '0' }), 'no-lifetime');
  assert.is(fresh({ 'cache-control': 'max-age=soon' }), 'no-lifetime');
  assert.is(fresh({ 'cache-control': 'max-age=99999999999' }), 2 ** 31 * 1000);
  assert.is(fresh({}), 'no-lifetime');
});

test("a route's ttl holds where the response is silent, and not for what is not there or is elsewhere for now", () => {
  const policy = { ttl: 5000, staleIfError: 1000 };
  assert.equal(kept({}, policy), {
    freshMs: 5000,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 1000,
    forAuthorization: false,
    forCookies: false,
  });
  assert.is(kept({}, policy, 404), 'no-lifetime');
  assert.is(kept({}, policy, 302), 'no-lifetime');
  assert.is(kept({ 'cache-control': 'private' }, policy), 'private');
  assert.is(kept({}, policy, 500), 'status');
  assert.is(kept({}, policy, 206), 'status');
});

test('must-revalidate forbids what is stale, whatever the route says', () => {
  const lifetime = kept(
    { 'cache-control': 'max-age=1, must-revalidate, stale-if-error=60' },
    { staleWhileRevalidate: 9 },
  );
  assert.ok(typeof lifetime !== 'string');
  assert.equal([lifetime.staleWhileRevalidateMs, lifetime.staleIfErrorMs, lifetime.forAuthorization], [0, 0, true]);
});

test('whatever is kept, http-cache-semantics would keep as well, and for as long', () => {
  const random = seeded(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const maybe = (share: number) => random() < share;
  const WORDS = [
    'no-store',
    'private',
    'no-cache',
    'public',
    'must-revalidate',
    'max-age=60',
    's-maxage=30',
    'max-age=0',
  ];
  let keptCount = 0;
  for (let i = 0; i < 20_000; i++) {
    const headers: Record<string, string> = {};
    if (maybe(0.8)) {
      headers['cache-control'] = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(WORDS)).join(', ');
    }
    if (maybe(0.2)) headers.expires = new Date(NOW + pick([-1, 0, 90]) * 1000).toUTCString();
    if (maybe(0.2)) headers.age = pick(['0', '10', '100']);
    if (maybe(0.2)) headers['set-cookie'] = 'id=1';
    if (maybe(0.2)) headers.vary = pick(['*', 'accept-encoding', 'cookie']);
    const status = pick([200, 200, 200, 404, 301, 206, 500, 503]);
    const asks: Record<string, string> = maybe(0.3) ? { authorization: 'Bearer a' } : {};
    const credentials = { hasAuthorization: asks.authorization !== undefined, hasCookies: false };
    const lifetime = lifetimeOf(credentials, head(headers, status), null, NOW);
    if (typeof lifetime === 'string') continue;
    keptCount++;
    const policy = new OtherPolicy(
      { url: '/', method: 'GET', headers: asks },
      { status, headers: { date: new Date(NOW).toUTCString(), ...headers } },
      { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
    );
    policy.now = () => NOW;
    const shown = JSON.stringify({ status, asks, headers });
    assert.ok(policy.storable(), shown);
    assert.ok(lifetime.freshMs <= policy.maxAge() * 1000, `${shown}: ${lifetime.freshMs} over ${policy.maxAge()} s`);
  }
  assert.ok(keptCount > 1000, `${keptCount} kept`);
});

test.run();
