import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RedisConnection } from '../../../src/cache/shared/redis-client.js';
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import { SharedCache } from '../../../src/cache/shared/shared-cache.js';
import { needs } from '../../optional.js';
import { eventually } from '../../temporary.js';
import { RedisProcess } from './redis-process.js';

const onRedis = needs('redis-server', test);

let server: RedisProcess;
let own: RedisConnection;
let prefixes = 0;
const opened: SharedCache[] = [];

onRedis('a server is started for the cases of this file', async () => {
  server = await RedisProcess.start();
  own = await server.connect();
});

test.after.each(async () => {
  for (const cache of opened.splice(0)) await cache.stop();
});

const freshPrefix = () => `test${++prefixes}`;

async function open(prefix: string, tenant?: string): Promise<SharedCache> {
  const tier = redisTier({ url: server.url, prefix, operationTimeout: 2000, ...(tenant !== undefined && { tenant }) });
  const cache = new SharedCache({ tier, memory: { strategy: 'lru' } });
  opened.push(cache);
  await cache.start();
  return cache;
}

/** As if its program had gone and come again: nothing in memory. */
const anew = (prefix: string) => open(prefix);

async function cutOff(cache: SharedCache): Promise<void> {
  await own.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await eventually('the connection is missed', () => cache.getStats().shared.errors > 0);
  await eventually('it is connected again', () => cache.getStats().shared.state === 'open');
}

onRedis('tenants of one prefix have a cache each', async () => {
  const prefix = freshPrefix();
  const [lyon, nice, nobody] = [await open(prefix, 'lyon'), await open(prefix, 'nice'), await open(prefix)];
  await lyon.set('plan', 'of lyon', { tags: ['t'] });
  await nobody.set('plan', 'of nobody', { tags: ['t'] });
  assert.is(await nice.get('plan'), undefined);
  await nice.set('plan', 'of nice', { tags: ['t'] });
  await nice.invalidateByTags(['t']);
  await nobody.clear();
  assert.is(await (await open(prefix, 'lyon')).get('plan'), 'of lyon');
  assert.equal([await nice.get('plan'), await nobody.get('plan')], [undefined, undefined]);
});

onRedis('a server that is restored to what it had before is not believed', async () => {
  const prefix = freshPrefix();
  const cache = await open(prefix);
  await cache.set('a', 'before', { tags: ['t'] });
  const number = String(await own.command('HGET', `${prefix}:meta`, 'number'));
  await cache.invalidateByTags(['t']);
  await cache.get('a');
  // what it knew of the invalidation is lost
  await own.command('DEL', `${prefix}:tags`);
  await own.command('HSET', `${prefix}:meta`, 'number', number, 'tagged', '0');
  await cutOff(cache);
  assert.is(await cache.get('a'), undefined);
  assert.is(await (await anew(prefix)).get('a'), undefined);
  await cache.set('a', 'after');
  assert.is(await (await anew(prefix)).get('a'), 'after');
});

onRedis('what was flushed under the programs is gone from their memory with the next change', async () => {
  const prefix = freshPrefix();
  const [one, two] = [await open(prefix), await open(prefix)];
  await one.set('a', 1);
  await two.get('a');
  await own.command('FLUSHALL');
  assert.is(await one.get('a'), 1);
  await two.set('b', 2);
  await eventually('the other hears of it', () => one.getStats().shared.news.missed > 0);
  assert.is(await one.get('a'), undefined);
  assert.is(await one.get('b'), 2);
});

onRedis('tags that the server was made to forget end what carries them', async () => {
  const prefix = freshPrefix();
  const cache = await open(prefix);
  await cache.set('tagged', 1, { tags: ['t'] });
  await cache.set('plain', 2);
  await cache.invalidateByTags(['t']);
  await own.command('DEL', `${prefix}:tags`);
  const other = await anew(prefix);
  assert.equal([await other.get('tagged'), await other.get('plain')], [undefined, 2]);
});

onRedis('of 10 500 invalidated tags 10 000 are remembered, and what the others may have ended is stale', async () => {
  const prefix = freshPrefix();
  const cache = await open(prefix);
  await cache.set('old', 1, { tags: ['first'] });
  await cache.set('plain', 2);
  await cache.invalidateByTags(['first']);
  const names = Array.from({ length: 10_500 }, (_, i) => `tag ${i}`);
  await cache.invalidateByTags(names.slice(0, 5500));
  await cache.set('between', 3, { tags: ['never invalidated'] });
  await cache.invalidateByTags(names.slice(5500));
  await cache.set('new', 4, { tags: ['never invalidated'] });
  assert.is(await own.command('ZCARD', `${prefix}:tags`), 10_000);
  const other = await anew(prefix);
  assert.is(await other.get('old'), undefined);
  assert.equal([await other.get('plain'), await other.get('between'), await other.get('new')], [2, 3, 4]);
});

onRedis('anything may stand on the channel and under the keys: it is counted, and nothing fails', async () => {
  const prefix = freshPrefix();
  const cache = await open(prefix);
  for (const message of ['', 'k', 'k x y z\na', `t ${'e'.repeat(12)} 1 o\n%`, 'x'.repeat(2 ** 20 + 1)]) {
    await own.command('PUBLISH', `${prefix}:news`, message);
  }
  await eventually('all of it is refused', () => cache.getStats().shared.news.refused === 5);
  await own.command('SET', `${prefix}:e:text`, 'no head at all');
  await own.command('LPUSH', `${prefix}:e:list`, 'not even a text');
  await own.command('SET', `${prefix}:e:head`, 'a b c\nd');
  for (const key of ['text', 'list', 'head']) assert.is(await cache.get(key), undefined, key);
  assert.is(cache.getStats().shared.evictions.corrupt, 3);
  assert.is(await cache.getOrSet('list', () => 1), 1);
  assert.is(await (await anew(prefix)).get('list'), 1);
  assert.is(cache.getStats().shared.state, 'open');
});

onRedis('keys and tags may be any text', async () => {
  const prefix = freshPrefix();
  const cache = await open(prefix);
  const texts = ['a b', 'line\nfeed', '100 %', 'Straße 🚗', '*', '\0', 'x'.repeat(200)];
  for (const text of texts) await cache.set(text, text, { tags: [text, 'all'] });
  const other = await anew(prefix);
  for (const text of texts) assert.is(await other.get(text), text);
  for (const text of texts) {
    await other.invalidateByTags([text]);
    assert.is(await (await anew(prefix)).get(text), undefined, JSON.stringify(text));
  }
});

onRedis('the server of this file ends', async () => {
  own.close();
  await server.kill();
});

test.run();
