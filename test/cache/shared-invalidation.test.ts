import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../src/cache/cache.js';
import type { InvalidationTransport } from '../../src/cache/shared-invalidation.js';
import { scopeOf } from '../../src/foundation/scope.js';

/** What a broker does: every subscriber hears every message, the sender too. */
class Site {
  readonly listeners = new Set<(message: string) => void>();
  readonly messages: string[] = [];

  transport(): InvalidationTransport {
    return {
      publish: (message) => {
        const text = JSON.stringify(message);
        this.messages.push(text);
        for (const listener of this.listeners) listener(text);
      },
      subscribe: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
  }
}

function device(site: Site, name: string, tenant: string | null = null): Cache {
  const scope = scopeOf({ site: 'a42', device: name, tenant });
  const cache = new Cache({ shared: { transport: site.transport(), scope } });
  cache.start();
  return cache;
}

test('what one device invalidates is stale on the others, and nobody answers', () => {
  const site = new Site();
  const [a, b] = [device(site, 'a'), device(site, 'b')];
  for (const cache of [a, b]) cache.set('x', 1, { tags: ['plan'] });
  a.invalidateByTags(['plan']);
  assert.is(b.get('x'), undefined);
  assert.equal(site.messages, ['{"version":1,"device":"a","tags":["plan"]}']);
  for (const cache of [a, b]) cache.stop();
});

test('a device ignores its own messages', () => {
  const site = new Site();
  const a = device(site, 'a');
  const heard: unknown[] = [];
  a.events.on('invalidate', (tags, from) => heard.push([tags, from]));
  a.invalidateByTags(['plan']);
  assert.equal(heard, [[['plan'], 'local']]);
  assert.is(a.getStats().shared!.received, 0);
  a.stop();
});

test('tenants of one site end nothing of each other, whatever their tags are called', () => {
  const site = new Site();
  const caches = [device(site, 'a', 'city'), device(site, 'b', 'city'), device(site, 'c', 'state'), device(site, 'd')];
  for (const cache of caches) cache.set('x', 1, { tags: ['plan'] });
  caches[0]!.invalidateByTags(['plan']);
  assert.equal(
    caches.map((cache) => cache.get('x')),
    [undefined, undefined, 1, 1],
  );
  assert.equal(site.messages, ['{"version":1,"device":"a","tenant":"city","tags":["plan"]}']);
  for (const cache of caches) cache.stop();
});

test('many tags travel in messages of 100', () => {
  const site = new Site();
  const [a, b] = [device(site, 'a'), device(site, 'b')];
  b.set('x', 1, { tags: ['t249'] });
  a.invalidateByTags(Array.from({ length: 250 }, (_, i) => `t${i}`));
  assert.is(site.messages.length, 3);
  assert.is(b.get('x'), undefined);
  for (const cache of [a, b]) cache.stop();
});

test('keys that it does not know are ignored', () => {
  const site = new Site();
  const a = device(site, 'a');
  a.set('x', 1, { tags: ['plan'] });
  const message = '{"seq":7,"ts":1700000000000,"version":1,"device":"b","tags":["plan"],"reason":"new plan"}';
  for (const listener of site.listeners) listener(message);
  assert.is(a.get('x'), undefined);
  assert.is(a.getStats().shared!.received, 1);
  a.stop();
});

test('what is no message is refused and counted', () => {
  const site = new Site();
  const a = device(site, 'a');
  const bad = [
    'no JSON',
    '[]',
    '{"version":2,"device":"b","tags":["x"]}',
    '{"version":1,"device":"b","tags":[]}',
    '{"version":1,"device":"b","tags":[7]}',
    JSON.stringify({ version: 1, device: 'b', tags: ['x'.repeat(257)] }),
    JSON.stringify({ version: 1, device: 'b', tags: Array.from({ length: 101 }, () => 'x') }),
    `"${'x'.repeat(70_000)}"`,
  ];
  for (const message of bad) for (const listener of site.listeners) listener(message);
  assert.is(a.getStats().shared!.refused, bad.length);
  assert.is(a.getStats().shared!.received, 0);
  a.stop();
});

test('a transport that fails breaks nothing here', () => {
  const failing: InvalidationTransport = {
    publish: () => {
      throw new Error('no connection');
    },
    subscribe: () => () => undefined,
  };
  const cache = new Cache({ shared: { transport: failing, scope: scopeOf({ site: 'a42', device: 'a' }) } });
  cache.start();
  cache.set('x', 1, { tags: ['plan'] });
  cache.invalidateByTags(['plan']);
  assert.is(cache.get('x'), undefined);
  assert.is(cache.getStats().shared!.unsent, 1);
  cache.stop();
});

test.run();
