import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { type Clock, systemClock } from '../../../src/foundation/clock.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { DeviceSignals } from '../../../src/runtime/traffic/device-signals.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { listener, publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { eventually } from '../../temporary.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const TOPIC = 'edge/v1/site1/dev1/signal/north-1';

const camera = (id: string, signal: string, tenant?: string) => ({
  id,
  url: 'sim://road',
  ...(tenant && { tenant }),
  lines: [{ id: 'stop', from: [0, 0.5], to: [1, 0.5] }],
  rules: [{ id: 'red', offence: 'red-light', line: 'stop', direction: 'left', signal }],
});

test('what is said of a signal over the broker is known to the rules that ask for it, and nothing else is', async () => {
  const broker = new EmbeddedBroker(0, silentLog);
  const url = await broker.start();
  const { client, end } = await listener(url);
  await client.publishAsync(TOPIC, JSON.stringify({ state: 'green', at: Date.now() }), { retain: true });
  const publisher = publisherAt(url, { protocol: '3.1.1' });
  publisher.start();
  const config = configSchema.parse({
    cameras: [camera('a', 'north-1'), camera('b', 'south-1', 'acme')],
    tenants: [{ id: 'acme' }],
  });
  const asked: string[] = [];
  const part = new DeviceSignals(config, {
    publisherOf: (tenant) => ({
      scope: scopeOf({ site: tenant ?? 'site1', device: 'dev1' }),
      hearForeign: (topic, hears) => {
        asked.push(topic);
        if (tenant === null) publisher.hearForeign(topic, hears);
      },
    }),
    cameraAlerts: new CameraAlerts(config, new Alerts(Date.now)),
    clock: systemClock,
    log: silentLog,
  });
  part.start();
  assert.equal(asked, [TOPIC, 'edge/v1/acme/dev1/signal/south-1']);
  const counts = () =>
    Object.fromEntries(
      [...rows('signal_messages')].flatMap(([[signal, outcome], n]) => (signal === 'north-1' ? [[outcome, n]] : [])),
    );
  function rows(name: string) {
    return part.metrics.find((row) => row.name === name)!.read() as Iterable<[[string, string], number | null]>;
  }
  await eventually('the broker hands it on', () => {
    client.publish(TOPIC, JSON.stringify({ state: 'red', at: Date.now() }));
    return part.of(null).shown('north-1', Date.now(), 5000)?.state === 'red';
  });
  assert.is(part.of(null).shown('north-1', 1, 5000), null, 'the retained word is of nobody knows when');
  await client.publishAsync(TOPIC, '{"state":"red","at":1}');
  await eventually('one of long ago is refused', () => counts()['clock'] === 1);
  assert.is(part.of('acme').shown('south-1', Date.now(), 5000), null);
  assert.not.ok(part.of(null).knows('south-1'));
  const ages = [...rows('signal_age')];
  assert.ok(ages[0]![1]! < 60_000);
  part.stop();
  await publisher.stop('test');
  await end();
  await broker.stop();
});

test('a signal that says nothing for a minute is told of to whose rule asks for it, until it is heard again', () => {
  const config = configSchema.parse({
    cameras: [camera('a', 'north-1'), camera('b', 'south-1', 'acme')],
    tenants: [{ id: 'acme' }],
  });
  let now = 1000;
  const hears = new Map<string, (payload: string) => void>();
  const cameraAlerts = new CameraAlerts(config, new Alerts(() => now));
  const part = new DeviceSignals(config, {
    publisherOf: (tenant) => ({
      scope: scopeOf({ site: tenant ?? 'site1', device: 'dev1' }),
      hearForeign: (topic, take) => void hears.set(topic, take),
    }),
    cameraAlerts,
    clock: { now: () => now, unixNow: () => NOON + now } as Clock,
    log: silentLog,
  });
  cameraAlerts.owners.get(null)!.declare(part.alerts);
  const active = (tenant: string | null) => cameraAlerts.owners.get(tenant)!.active();
  part.start();
  const say = (at: number) => hears.get(TOPIC)!(JSON.stringify({ state: 'red', at }));
  say(NOON + now);
  now += 59_000;
  part.look();
  assert.equal([active(null), active('acme')], [[], []]);
  now += 2000;
  part.look();
  assert.match(active(null)[0]!.message, /signal north-1 is silent$/);
  assert.match(active('acme')[0]!.message, /signal south-1 was never heard of$/);
  say(NOON - 60_000);
  part.look();
  assert.match(active(null)[0]!.message, /refused \(clock 1\)/);
  say(NOON + now);
  part.look();
  assert.equal(active(null), []);
  part.stop();
});

test.run();
