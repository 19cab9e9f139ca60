import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Config, configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { DeviceCache, type DeviceCacheParts } from '../../src/runtime/device-cache.js';
import { sealCommand } from '../../src/telemetry/commands/envelope.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { needs } from '../optional.js';
import { commandTo, newKey } from '../telemetry/commands/signing.js';
import { listener, pingable, publisherAt } from '../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-cache');

function config(dir: string, cache: object = {}): Pick<Config, 'cache' | 'store'> {
  return configSchema.parse({ cache, store: { dir: join(folder, dir) } });
}

function alertsInto(told: unknown[]): DeviceCacheParts['alerts'] {
  return {
    raise: (code, { message }) => void told.push([code, message]),
    clear: (code) => void told.push([code, null]),
  };
}

function deviceCache(dir: string, cache: object = {}, parts: Partial<DeviceCacheParts> = {}): DeviceCache {
  return new DeviceCache(config(dir, cache), {
    alerts: alertsInto([]),
    publisher: null,
    commands: { hasSiteKey: false, onNews: () => () => undefined },
    log: silentLog,
    ...parts,
  });
}

onDisk('makes its folder and file at the start and not before, and begins warm after a restart', () => {
  const first = deviceCache('warm/data');
  assert.is(existsSync(join(folder, 'warm')), false);
  first.start();
  first.cache.set('scene', 7);
  first.stop();
  assert.ok(existsSync(join(folder, 'warm/data/cache.db')));
  const second = deviceCache('warm/data');
  second.start();
  assert.is(second.cache.get('scene'), 7);
  assert.equal([second.reading().disk!.hits, second.reading().degraded], [1, false]);
  second.stop();
});

onDisk('tiers have the budgets of the configuration', () => {
  const device = deviceCache('budgets', { memoryBytes: 65_536, strategy: 'fifo', diskBytes: 2 ** 20 });
  device.start();
  const { memory, disk } = device.cache.getStats();
  assert.equal([memory!.maxBytes, disk!.maxBytes], [65_536, 2 ** 20]);
  device.stop();
});

test('without a disk tier nothing is written, and nothing is degraded', () => {
  const device = deviceCache('none', { disk: false });
  device.start();
  device.cache.set('a', 1);
  assert.is(device.cache.get('a'), 1);
  assert.equal([device.reading().disk, device.reading().degraded], [null, null]);
  device.stop();
  assert.is(existsSync(join(folder, 'none')), false);
});

test('without better-sqlite3 memory goes on, with one warning and no alert', () => {
  const warnings: unknown[] = [];
  const told: unknown[] = [];
  const log = { ...silentLog, warn: (message: unknown) => warnings.push(message) } as unknown as typeof silentLog;
  const sqliteProblem = () => 'better-sqlite3 cannot be loaded';
  const device = deviceCache('without', {}, { log, sqliteProblem, alerts: alertsInto(told) });
  device.start();
  device.cache.set('a', 1);
  device.cache.flush();
  assert.is(device.cache.get('a'), 1);
  device.stop();
  assert.equal(warnings, [
    'the cache has no disk tier, memory goes on: better-sqlite3 cannot be loaded; `cache.disk: false` says that none is wanted',
  ]);
  assert.equal(told, []);
  assert.equal([device.reading().disk, device.reading().degraded], [null, true]);
});

onDisk('a folder that cannot be made is told, and memory goes on', () => {
  writeFileSync(join(folder, 'occupied'), '');
  const told: unknown[] = [];
  const device = deviceCache('occupied', {}, { alerts: alertsInto(told) });
  device.start();
  device.cache.set('a', 1);
  assert.is(device.cache.get('a'), 1);
  const [code, message] = told[0] as string[];
  assert.equal([told.length, code], [1, 'cache-degraded']);
  assert.match(message!, /out of order \(cannot be opened: /);
  assert.ok(message!.includes(join(folder, 'occupied/cache.db')), message);
  assert.is(device.reading().degraded, true);
  device.stop();
});

onDisk('a corrupt file is set aside and told by name', () => {
  mkdirSync(join(folder, 'corrupt'));
  const file = join(folder, 'corrupt/cache.db');
  writeFileSync(file, 'x'.repeat(5000));
  const told: unknown[] = [];
  const device = deviceCache('corrupt', {}, { alerts: alertsInto(told) });
  device.start();
  const [code, message] = told[0] as string[];
  assert.equal([told.length, code], [1, 'cache-set-aside']);
  const aside = /set aside as (\S+) /.exec(message!)![1]!;
  assert.ok(aside.startsWith(`${file}.corrupt-`) && existsSync(aside), aside);
  assert.equal([device.reading().disk!.setAside, device.reading().degraded], [1, false]);
  device.stop();
});

const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

const [fleetKey, siteKey] = [newKey(), newKey()];

/** A device with its publisher, connected and subscribed. */
async function device(name: string, cache: object) {
  const scope = scopeOf({ site: 'site1', device: name });
  const commands = pingable({ scope, keys: [fleetKey], siteKey });
  const publisher = publisherAt(url, {}, { scope, commands });
  const onNews: DeviceCacheParts['commands']['onNews'] = (...news) => commands.onNews(...news);
  const its = deviceCache(name, { disk: false, ...cache }, { publisher, commands: { hasSiteKey: true, onNews } });
  for (const declaration of its.commands) commands.declare(declaration);
  its.start();
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  // a broker takes what one client sends in its order: when this is acknowledged, the subscriptions hold
  publisher.siteCommand('here', {});
  await eventually('subscribed', () => publisher.state().sent === 2);
  const stop = async (): Promise<void> => {
    its.stop();
    await publisher.stop();
  };
  return { cache: its.cache, shared: () => its.reading().shared, stop };
}

const SHARED = { shareInvalidations: true };
const TOPIC = 'edge/v1/site1/_site/cmd/invalidate';

test('what one device of a site invalidates is stale on the others, and it ignores its own word', async () => {
  const [a, b] = [await device('a', SHARED), await device('b', SHARED)];
  const told: unknown[] = [];
  a.cache.events.on('invalidate', (tags, from) => told.push([tags, from]));
  for (const { cache } of [a, b]) cache.set('x', 1, { tags: ['model:roadside-n@int8'] });
  a.cache.invalidateByTags(['model:roadside-n@int8']);
  await eventually('heard', () => b.shared()!.received === 1);
  assert.is(b.cache.get('x'), undefined);
  // b's word comes after a's own on the same connection: when it is there, a has heard both
  b.cache.invalidateByTags(['other']);
  await eventually('answered', () => a.shared()!.received === 1);
  assert.equal(told, [
    [['model:roadside-n@int8'], 'local'],
    [['other'], 'remote'],
  ]);
  assert.equal(a.shared(), { sent: 1, unsent: 0, received: 1, refused: 0 });
  for (const { stop } of [a, b]) await stop();
});

test('a device that did not opt in tells its site nothing and hears nothing', async () => {
  const outside = await listener(url);
  const [a, b] = [await device('a', {}), await device('b', SHARED)];
  for (const { cache } of [a, b]) cache.set('x', 1, { tags: ['plan'] });
  a.cache.invalidateByTags(['plan']);
  b.cache.invalidateByTags(['other']);
  await eventually('told', () => outside.of(TOPIC).length === 1);
  assert.is(JSON.parse(outside.of(TOPIC)[0]!.json.command).body.device, 'b');
  assert.is(a.shared(), null);
  assert.is(b.cache.get('x'), 1);
  for (const { stop } of [a, b]) await stop();
  await outside.end();
});

/** Publishes what is signed now, to the device or to the site. */
async function send(
  outside: Awaited<ReturnType<typeof listener>>,
  topic: string,
  body: object,
  over: object,
  key = siteKey,
) {
  const times = { issuedAt: Date.now(), expiresAt: Date.now() + 60_000 };
  const command = commandTo('invalidate', { ...body }, { ...times, ...over });
  await outside.client.publishAsync(topic, JSON.stringify(sealCommand(command, key)), { qos: 1 });
}

test('garbage between the devices is refused and counted, and what follows is heard', async () => {
  const outside = await listener(url);
  const a = await device('a', SHARED);
  const toSite = { device: '_site' };
  for (const payload of [
    'no json',
    '',
    '[]',
    '{"version":1,"device":"b","tags":["x"]}',
    Buffer.from([0xff, 0xfe, 0x00]),
  ]) {
    await outside.client.publishAsync(TOPIC, payload, { qos: 1 });
  }
  const tags = Array.from({ length: 101 }, (_, i) => `t${i}`);
  const signed = [
    { version: 2, device: 'b', tags: ['x'] },
    { version: 1, device: 'b', tags },
  ];
  for (const body of signed) await send(outside, TOPIC, body, toSite);
  await send(outside, TOPIC, { version: 1, device: 'b', tags: ['forged'] }, toSite, newKey());
  await send(outside, TOPIC, { version: 1, device: 'b', tags: ['x'] }, toSite);
  await eventually('heard', () => a.shared()!.received === 1);
  assert.is(a.shared()!.refused, signed.length);
  await a.stop();
  await outside.end();
});

test('operations invalidate tags on one device by a signed command, and hear how many', async () => {
  const outside = await listener(url);
  const a = await device('a', SHARED);
  const topic = 'edge/v1/site1/a/cmd/invalidate';
  a.cache.set('x', 1, { tags: ['camera:3'] });
  a.cache.set('y', 2, { tags: ['camera:4'] });
  const wrong = [
    {},
    { tags: [] },
    { tags: 'camera:4' },
    { tags: ['camera:4', 7] },
    { tags: [''] },
    { tag: ['camera:4'] },
  ];
  for (const body of wrong) await send(outside, topic, body, { device: 'a' }, fleetKey);
  await outside.client.publishAsync(topic, '{"tags":["camera:4"]}', { qos: 1 });
  await send(outside, topic, { tags: ['camera:3', 'camera:3', 'unknown'] }, { device: 'a', id: 1 }, fleetKey);
  const results = () => outside.of(`${topic}/result`).map((m) => m.json);
  await eventually('results', () => results().length === wrong.length + 2);
  const [done] = results().filter(({ ok }) => ok);
  assert.equal([done.id, done.result], [1, { tags: 2, keys: 0 }]);
  assert.equal(
    results()
      .filter(({ ok }) => !ok)
      .map(({ refused }) => refused),
    [...wrong.map(() => 'invalid'), 'unsigned'],
  );
  assert.equal([a.cache.get('x'), a.cache.get('y'), a.shared()!.sent], [undefined, 2, 1]);
  await a.stop();
  await outside.end();
});

test('what operations invalidate on the whole site each device does for itself', async () => {
  const outside = await listener(url);
  const devices = [await device('a', SHARED), await device('b', {})];
  for (const { cache } of devices) cache.set('x', 1, { tags: ['plan'] });
  await send(outside, TOPIC, { tags: ['plan'] }, { device: '_site' }, fleetKey);
  await eventually('invalidated', () => devices.every(({ cache }) => cache.get('x') === undefined));
  const answers = () => outside.messages.filter(({ topic }) => topic.endsWith('/invalidate/result'));
  await eventually('answers', () => answers().length === 2);
  assert.is(devices[0]!.shared()!.sent, 0, 'nobody passes it on');
  for (const { stop } of devices) await stop();
  await outside.end();
});

test('a wish to share without a key of the site is said to be in vain', () => {
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (message: unknown) => warnings.push(message) } as unknown as typeof silentLog;
  const its = deviceCache('keyless', { disk: false, ...SHARED }, { log, publisher: publisherAt(url) });
  assert.match(warnings[0] as string, /^cache.shareInvalidations has no effect without commands.siteKeyFile/);
  assert.is(its.reading().shared, null);
});

test('a wish to share without a broker is said to be in vain', () => {
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (message: unknown) => warnings.push(message) } as unknown as typeof silentLog;
  const its = deviceCache('alone', { disk: false, ...SHARED }, { log });
  its.cache.invalidateByTags(['x']);
  assert.equal(warnings, ['cache.shareInvalidations has no effect without a broker: set mqtt.broker']);
  assert.is(its.reading().shared, null);
});

test.run();
