import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RedisTierOptions } from '../../../src/cache/shared/redis-options.js';
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import { SharedCache, type SharedCacheOptions } from '../../../src/cache/shared/shared-cache.js';
import { needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { CuttableProxy } from './cuttable-proxy.js';
import { RedisProcess } from './redis-process.js';

const onRedis = needs('redis-server', test);

const opened: SharedCache[] = [];
const told = new WeakMap<SharedCache, string[]>();

async function open(tier: RedisTierOptions, options: Partial<SharedCacheOptions> = {}): Promise<SharedCache> {
  const cache = new SharedCache({ ttl: 60_000, tier: redisTier({ operationTimeout: 150, ...tier }), ...options });
  const events: string[] = [];
  told.set(cache, events);
  opened.push(cache);
  cache.events.on('degraded', () => events.push('degraded'));
  cache.events.on('recovered', () => events.push('recovered'));
  await cache.start();
  return cache;
}

const state = (cache: SharedCache) => cache.getStats().shared.state;
const reason = (cache: SharedCache) => cache.getStats().shared.reason ?? '';
const works = (cache: SharedCache) => eventually('the tier works', () => state(cache) === 'open');

/** What is read while it changes does not come to memory yet. */
async function untilInMemory(cache: SharedCache, key: string, value: unknown): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const found = await cache.lookup(key);
    if (found?.tier === 'memory') return assert.is(found.value, value);
  }
  throw new Error(`${key} never came to memory`);
}

test.after.each(async () => {
  for (const cache of opened.splice(0)) await cache.stop();
});

onRedis('without a server memory goes on, and the server is used as soon as it is there', async () => {
  const server = await RedisProcess.start();
  await server.kill();
  const cache = await open({ url: server.url, prefix: 'app' });
  assert.is(state(cache), 'degraded');
  assert.match(reason(cache), 'ECONNREFUSED');
  assert.is(await cache.getOrSet('a', () => 1), 1);
  assert.is(await cache.get('a'), 1);
  assert.is(await cache.getOrSet('a', () => 2), 1);
  await server.restart();
  await works(cache);
  await cache.set('b', 2);
  assert.is(await (await open({ url: server.url, prefix: 'app' })).get('b'), 2);
  assert.equal(told.get(cache), ['degraded', 'recovered']);
  await server.kill();
});

onRedis('a server that is killed in the middle and comes back empty costs a computation, never an error', async () => {
  const server = await RedisProcess.start();
  const one = await open({ url: server.url, prefix: 'app' });
  const two = await open({ url: server.url, prefix: 'app' });
  await one.set('a', 'before');
  await untilInMemory(two, 'a', 'before');
  const computing = two.getOrSet('b', async () => {
    await server.kill();
    return 'computed meanwhile';
  });
  assert.is(await computing, 'computed meanwhile');
  assert.is(await two.get('b'), 'computed meanwhile');
  assert.is(await two.get('a'), 'before');
  await one.set('a', 'after');
  await server.restart();
  await works(one);
  await works(two);
  // nobody could tell `two` that `one` has set it, so that it forgot what it had
  assert.is(await two.get('a'), undefined);
  assert.is(await two.getOrSet('a', () => 'anew'), 'anew');
  assert.is(await one.get('a'), 'anew');
  await server.kill();
});

onRedis('a server that hangs is left after the time of one operation, and used again when it goes on', async () => {
  const server = await RedisProcess.start();
  const cache = await open({ url: server.url, prefix: 'app', connectTimeout: 150 });
  const other = await open({ url: server.url, prefix: 'app', connectTimeout: 150 });
  await cache.set('tagged', 'old', { tags: ['t'] });
  await cache.set('deleted', 'old');
  assert.is(await other.get('tagged'), 'old');
  server.hang();
  assert.is(await cache.getOrSet('new', () => 1), 1);
  assert.match(reason(cache), 'no answer within 150 ms');
  await cache.invalidateByTags(['t']);
  await cache.delete('deleted');
  server.goOn();
  await works(cache);
  assert.is(await cache.get('tagged'), undefined);
  await works(other);
  await eventually(
    'the other hears',
    () => other.getStats().shared.news.received + other.getStats().shared.news.missed > 2,
  );
  assert.is(await other.get('tagged'), undefined);
  assert.is(await other.get('deleted'), undefined);
  await server.kill();
});

onRedis(
  'a dead line without a word is noticed; what others changed meanwhile is not served from memory then',
  async () => {
    const server = await RedisProcess.start();
    const proxy = await CuttableProxy.start(server.port);
    const far = await open({ url: `redis://127.0.0.1:${proxy.port}`, prefix: 'app', connectTimeout: 150 });
    const near = await open({ url: server.url, prefix: 'app' });
    await near.set('changed', 1);
    await untilInMemory(far, 'changed', 1);
    proxy.cut();
    await near.set('changed', 2);
    assert.is(await far.get('changed'), 1);
    assert.is(await far.get('never there'), undefined);
    assert.is(state(far), 'degraded');
    proxy.mend();
    await works(far);
    assert.is(far.getStats().shared.news.missed, 1);
    assert.is(await far.get('changed'), 2);
    proxy.cut();
    assert.is(await far.get('never there'), undefined);
    proxy.mend();
    await works(far);
    // nothing was changed this time
    assert.is(far.getStats().shared.news.missed, 1);
    proxy.stop();
    await server.kill();
  },
);

onRedis('a wrong password, or none, is said without it, and a corrected file is enough', async () => {
  const server = await RedisProcess.start('--requirepass', 'right-secret');
  const file = join(temporaryFolder('redis-password'), 'password');
  writeFileSync(file, 'wrong-secret\n');
  const none = await open({ url: server.url, prefix: 'app' });
  assert.match(reason(none), 'NOAUTH');
  const cache = await open({ url: server.url, prefix: 'app', passwordFile: file });
  assert.match(reason(cache), 'WRONGPASS');
  assert.not.match(reason(cache), 'secret');
  assert.is(await cache.getOrSet('a', () => 1), 1);
  writeFileSync(file, 'right-secret\n');
  await works(cache);
  const url = server.url.replace('//', '//:right-secret@');
  assert.is(state(await open({ url, prefix: 'app' })), 'open');
  await server.kill();
});

onRedis('a copy that takes no writes is not used, a server that still loads is used once it has loaded', async () => {
  const folder = temporaryFolder('redis-loading');
  const first = await RedisProcess.start('--dir', folder, '--rdbcompression', 'no');
  const copy = await RedisProcess.start('--replicaof', `127.0.0.1 ${first.port}`);
  const readOnly = await open({ url: copy.url, prefix: 'app' });
  assert.match(reason(readOnly), /READONLY|MASTERDOWN|LOADING/);
  assert.is(await readOnly.getOrSet('a', () => 1), 1);
  await copy.kill();
  const own = await first.connect();
  for (let i = 0; i < 20; i++) await own.command('SET', `filler${i}`, 'x'.repeat(3000));
  await own.command('SAVE');
  await first.kill();
  const loading = await RedisProcess.start(
    '--dir',
    folder,
    '--key-load-delay',
    '50000',
    '--loading-process-events-interval-bytes',
    '1024',
  );
  const cache = await open({ url: loading.url, prefix: 'app', operationTimeout: 2000 });
  assert.match(reason(cache), 'LOADING');
  assert.is(await cache.getOrSet('a', () => 1), 1);
  await works(cache);
  await loading.kill();
});

onRedis('a server without memory still gives what it has, and nothing that was replaced', async () => {
  const server = await RedisProcess.start('--maxmemory-policy', 'noeviction');
  const own = await server.connect();
  const one = await open({ url: server.url, prefix: 'app' });
  const two = await open({ url: server.url, prefix: 'app' }, { memory: false });
  await one.set('kept', 'kept');
  await one.set('replaced', 'old');
  await one.set('tagged', 'old', { tags: ['t'] });
  await own.command('CONFIG', 'SET', 'maxmemory', '1');
  await one.set('replaced', 'new');
  assert.match(reason(one), 'OOM');
  assert.is(await one.get('replaced'), 'new');
  assert.is(await two.get('replaced'), undefined);
  assert.is(await two.getOrSet('kept', () => 'computed'), 'kept');
  await one.invalidateByTags(['t']);
  assert.is(await one.get('tagged'), undefined);
  assert.is(one.getStats().shared.droppedWrites, 1);
  await own.command('CONFIG', 'SET', 'maxmemory', '0');
  await works(one);
  assert.is(await two.get('tagged'), undefined);
  await server.kill();
});

onRedis('a computation that hangs ends in E_TIMEOUT, and another program need not wait for it', async () => {
  const server = await RedisProcess.start();
  const one = await open({ url: server.url, prefix: 'app' }, { factoryTimeout: 100 });
  const two = await open({ url: server.url, prefix: 'app' });
  const hanging = one.getOrSet('a', () => new Promise<string>(() => undefined)).catch((error) => error.code);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(await two.getOrSet('a', () => 'of two'), 'of two');
  assert.is(await hanging, 'E_TIMEOUT');
  await server.kill();
});

test.run();
