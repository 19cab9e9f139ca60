import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cached, cachedWith, createCache, defaultCache, silentLog } from '../../src/cache/library.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('cache-library');

test('without a file it is a cache in memory that writes nothing', async () => {
  const cache = createCache({ ttl: 60_000 });
  assert.is(await cache.getOrSet('plan:7', () => 42), 42);
  assert.is(cache.get('plan:7'), 42);
  assert.is(cache.getStats().disk, null);
  cache.stop();
  assert.equal(readdirSync(folder), []);
});

test('with a file its values outlive the program, in a folder that it makes', () => {
  const file = join(folder, 'kept/cache.db');
  const first = createCache({ file });
  first.set('infractions:north', [{ plate: 'ABC123' }], { tags: ['infractions'] });
  first.stop();
  assert.ok(existsSync(file));
  const second = createCache({ file, disk: { maxBytes: 2 ** 20 } });
  assert.equal(second.lookup('infractions:north'), { value: [{ plate: 'ABC123' }], tier: 'disk' });
  second.invalidateByTags(['infractions']);
  second.stop();
  const third = createCache({ file });
  assert.is(third.get('infractions:north'), undefined);
  third.stop();
});

test('where the file cannot be used memory goes on, and that is told', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (fields: { reason?: string }) => warnings.push(fields.reason ?? '') };
  const cache = createCache({ file: join(blocked, 'cache.db'), log: log as unknown as typeof silentLog });
  cache.set('a', 1);
  assert.is(cache.get('a'), 1);
  assert.is(cache.getStats().disk?.state, 'degraded');
  assert.match(warnings.join(), 'cache.db');
  cache.stop();
});

test('options that no cache can have are refused all at once, and so is a disk without a file', () => {
  assert.throws(
    () => createCache({ ttl: -1, memory: { maxBytes: 0 } }),
    (error: unknown) => error instanceof RangeError && /ttl[\s\S]*memory\.maxBytes/.test(error.message),
  );
  assert.throws(() => createCache({ disk: { maxBytes: 1000 } }), /disk needs a file/);
});

test('what `cached` keeps without an engine is in the default cache', async () => {
  let computed = 0;
  const plan = cached({ ttl: 60_000, tags: ['plans'] })(async function plan(site: string) {
    computed++;
    return `plan of ${site}`;
  });
  assert.equal([await plan('north'), await plan('north')], ['plan of north', 'plan of north']);
  assert.is(computed, 1);
  assert.is(defaultCache().get('plan:["north"]'), 'plan of north');
  defaultCache().invalidateByTags(['plans']);
  await plan('north');
  assert.is(computed, 2);
});

test('a cache of its own is used by `cachedWith`', async () => {
  const cache = createCache();
  const square = cachedWith(cache)({ keyPrefix: 'square' })((n: number) => n * n);
  assert.is(await square(7), 49);
  assert.is(cache.get('square:[7]'), 49);
  cache.stop();
});

test.run();
