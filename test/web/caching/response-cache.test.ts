import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../../src/cache/cache.js';
import { type CacheDecision, ResponseCache } from '../../../src/web/caching/response-cache.js';
import { ResponseHead, type WebRequest } from '../../../src/web/web-request.js';

const POLICY = { ttl: 1000, staleWhileRevalidate: 60_000 };

function asking(headers: Record<string, string> = {}): WebRequest {
  return { method: 'GET', target: '/x', host: 'a', header: (name) => headers[name], names: () => Object.keys(headers) };
}

const SOMEBODY = asking({ cookie: 'sid=1' });
const ANYBODY = asking();
const ok = new ResponseHead({ status: 200, route: null, read: () => undefined, readAll: () => ({}) });

function cacheAt(maxWaitMs = 60_000) {
  const time = { at: Date.UTC(2026, 0, 1) };
  const now = () => time.at;
  const responses = new ResponseCache(new Cache({ now, cleanupInterval: 0 }), { maxWaitMs }, now);
  return { time, begin: (request: WebRequest) => responses.begin(request, POLICY, true) };
}

function exchangeOf(decision: CacheDecision | Promise<CacheDecision>) {
  assert.not.instance(decision, Promise);
  const { kind, exchange } = decision as Extract<CacheDecision, { kind: 'run' }>;
  assert.is(kind, 'run');
  return exchange!;
}

test('an answer to one client that is not kept ends no sharing of those to all', () => {
  const { begin } = cacheAt();
  assert.is(exchangeOf(begin(SOMEBODY)).respond(ok), null);
  exchangeOf(begin(ANYBODY));
  assert.instance(begin(ANYBODY), Promise);
});

test('a client that goes, or fails, with an answer of its own puts off no renewal of the one for all', () => {
  const { begin, time } = cacheAt();
  exchangeOf(begin(ANYBODY)).respond(ok)!.end();
  time.at += 2000;
  exchangeOf(begin(SOMEBODY)).abandon();
  const decision = begin(ANYBODY) as Extract<CacheDecision, { kind: 'serve' }>;
  assert.is(decision.how, 'stale');
  assert.ok(decision.renewal);
});

test('where one waited too long for an answer, the next ones do not wait for it at all', async () => {
  const { begin } = cacheAt(5);
  // the timer of who waits keeps no process alive
  const alive = setInterval(() => undefined, 1000);
  exchangeOf(begin(ANYBODY));
  exchangeOf(await begin(ANYBODY));
  exchangeOf(begin(ANYBODY));
  clearInterval(alive);
});

test('what is stopped listens to the cache no more, which others go on with', () => {
  const cache = new Cache({ cleanupInterval: 0 });
  const listeners = () => ['invalidate', 'clear'].map((name) => cache.events.listenerCount(name as 'clear'));
  for (let i = 0; i < 3; i++) {
    const responses = new ResponseCache(cache);
    assert.equal(listeners(), [1, 1]);
    responses.stop();
  }
  assert.equal(listeners(), [0, 0]);
});

test.run();
