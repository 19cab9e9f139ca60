import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../../src/cache/cache.js';
import { configSchema } from '../../../src/config/config.js';
import type { CommandCall } from '../../../src/foundation/command.js';
import { silentLog } from '../../../src/foundation/log.js';
import { DeviceCache } from '../../../src/runtime/device-cache.js';
import { TenantCaches } from '../../../src/runtime/tenants/tenant-caches.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('tenant-caches');

function cachesIn(dir: string) {
  const config = configSchema.parse({
    store: { dir: join(folder, dir) },
    cache: { memoryBytes: 2 ** 20 },
    tenants: [{ id: 'city', cache: { memoryBytes: 65_536, diskBytes: 2 ** 20 } }, { id: 'contractor' }],
  });
  const own = new Cache({ memory: { maxBytes: 2 ** 20 }, log: silentLog });
  return { own, caches: new TenantCaches(config, { own: { cache: own }, log: silentLog }) };
}

test('each tenant has a cache of its own, with its own bounds, and everybody else the device’s', () => {
  const { own, caches } = cachesIn('bounds');
  assert.is(caches.of('city').getStats().memory!.maxBytes, 65_536);
  assert.is(caches.of('contractor').getStats().memory!.maxBytes, 2 ** 20);
  assert.is(caches.of(null), own);
  assert.is(caches.all.length, 3);
});

test('what a tenant keeps is nobody else’s, and a flood of one pushes out its own alone', () => {
  const { own, caches } = cachesIn('flood');
  own.set('scene', 'of the device');
  caches.of('contractor').set('scene', 'of the contractor');
  const large = 'x'.repeat(4000);
  for (let i = 0; i < 100; i++) caches.of('city').set(`scene-${i}`, large);
  assert.is(caches.of('city').get('scene'), undefined);
  assert.is(caches.of('contractor').get('scene'), 'of the contractor');
  assert.is(own.get('scene'), 'of the device');
  const { memory } = caches.of('city').getStats();
  assert.ok(memory!.evictions.budget > 50, `${memory!.evictions.budget} had to go`);
  assert.ok(memory!.bytes <= 65_536);
  const [, evictions] = caches.metrics;
  const readings = [...evictions!.read()] as [string[], number][];
  assert.ok(readings.every(([[tenant], count]) => tenant === 'city' || count === 0));
});

onDisk('its database is in the folder of the tenant, and is there after a restart', () => {
  const first = cachesIn('disk').caches;
  assert.is(existsSync(join(folder, 'disk')), false);
  first.start();
  first.of('city').set('scene', 7);
  first.stop();
  assert.ok(existsSync(join(folder, 'disk/tenants/city/cache.db')));
  const second = cachesIn('disk').caches;
  second.start();
  assert.is(second.of('city').get('scene'), 7);
  assert.is(second.of('contractor').get('scene'), undefined);
  second.stop();
});

test('a command that invalidates by tag or key holds for the tenants’ caches as well', () => {
  const { caches } = cachesIn('invalidated');
  const device = new DeviceCache(
    configSchema.parse({ store: { dir: join(folder, 'invalidated') }, cache: { disk: false } }),
    {
      alerts: { raise: () => undefined, clear: () => undefined },
      publisher: null,
      commands: { hasSiteKey: false, onNews: () => () => undefined },
      others: () => caches.all.slice(1),
      log: silentLog,
    },
  );
  caches.of('city').set('tagged', 1, { tags: ['north'] });
  caches.of('city').set('named', 2);
  const call = { toSite: false } as CommandCall;
  const done = device.commands[0]!.handle({ tags: ['north'], keys: ['named'] }, call);
  assert.equal(done, { tags: 1, keys: 1 });
  assert.equal([caches.of('city').get('tagged'), caches.of('city').get('named')], [undefined, undefined]);
});

test.run();
