import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { createLog, silentLog } from '../../../src/foundation/log.js';
import type { MetricRow } from '../../../src/foundation/metric-row.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { deviceScope } from '../../../src/runtime/device-scope.js';
import { DeviceBroker } from '../../../src/runtime/publishing/device-broker.js';
import { DeviceTenants } from '../../../src/runtime/tenants/device-tenants.js';
import { Checkpointer } from '../../../src/store/checkpointer.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import type { TrafficPayload } from '../../../src/telemetry/mqtt/messages/traffic.js';
import { EVENT } from '../../telemetry/mqtt/capture-broker.js';
import { type GuardedBroker, guardedBroker } from '../../telemetry/mqtt/guarded-broker.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const HARBOUR = { password: 'quay', prefix: 'edge/v1/harbour/' };
const AIRPORT = { password: 'apron', prefix: 'edge/v1/airport/' };
const stopping = { ...EVENT, kind: 'stopped', stoodMs: 12_000 } as const;

/** Nothing but the room of the outbox is scarce. */
const FLOODED = {
  outbox: { maxMiB: 16 },
  publish: { dailyBytes: 0, maxEventsPerSecond: 10_000, eventDetail: 'full' },
} as const;

/** An interval in which nothing passed. */
const COUNTED: TrafficPayload = {
  from: 0,
  intervalS: 60,
  coverage: 1,
  lines: {},
  zones: {},
  totals: { lines: {}, zones: {} },
};

/** One row of cameras, one of the machine. */
const ROWS: readonly MetricRow[] = [
  {
    type: 'gauge',
    name: 'vehicles',
    unit: 'vehicles',
    labels: ['camera'],
    step: 1,
    help: 'Vehicles now.',
    read: () => [
      [['quay'], 2],
      [['runway'], 3],
      [['gate'], 4],
    ],
  },
  {
    type: 'gauge',
    name: 'machine_cpu',
    unit: '%',
    labels: [],
    step: 1,
    help: 'Busy.',
    read: () => [[[], 50]],
  },
];

function configured(broker: string, dir: string, tenants: readonly object[]) {
  return configSchema.parse({
    site: 'road',
    device: 'cabinet',
    cameras: [
      { id: 'quay', url: 'sim://road', tenant: 'harbour' },
      { id: 'runway', url: 'sim://road', tenant: 'airport' },
      { id: 'gate', url: 'sim://road' },
    ],
    tenants,
    mqtt: { broker, reconnectMinMs: 50, reconnectMaxMs: 100, keepaliveS: 5 },
    store: { dir },
  });
}

async function running(config: ReturnType<typeof configured>, log = silentLog) {
  const broker = new DeviceBroker(config.mqtt, log);
  await broker.start();
  const metrics = new Metrics();
  metrics.register(ROWS);
  const cameraAlerts = new CameraAlerts(config, new Alerts(Date.now));
  const checkpointer = new Checkpointer({ log });
  const tenants = new DeviceTenants({
    config,
    scope: deviceScope(config),
    broker,
    metrics,
    checkpointer,
    alertsOf: (tenant) => cameraAlerts.owners.get(tenant)!,
    model: () => null,
    onLeftOut: () => undefined,
    log,
  });
  metrics.register(tenants.metrics);
  for (const part of [...tenants.list, tenants]) await part.start(new AbortController().signal);
  const stop = async (): Promise<void> => {
    for (const part of [...tenants.list].reverse()) await part.stop('stopped');
    await checkpointer.stop();
  };
  return { tenants, cameraAlerts, metrics, stop };
}

const topicsOf = ({ taken }: GuardedBroker, user: string): string[] => [
  ...new Set(taken.filter((message) => message.user === user).map(({ topic }) => topic)),
];
const bodiesOf = ({ taken }: GuardedBroker, topic: string) =>
  taken
    .filter((message) => message.topic === topic && message.payload !== '')
    .map(({ payload }) => JSON.parse(payload));

test('at one broker each tenant is told under its own prefix, with its own login, of its own cameras', async () => {
  const broker = await guardedBroker({ harbour: HARBOUR, airport: AIRPORT });
  // the login in the address is the device's: none of it may be used
  const address = broker.url.replace('mqtt://', 'mqtt://device:secret@');
  const { tenants, cameraAlerts, metrics, stop } = await running(
    configured(address, temporaryFolder('tenants-prefix'), [
      { id: 'harbour', mqtt: { username: 'harbour', password: 'quay' } },
      { id: 'port-of-air', site: 'airport', mqtt: { username: 'airport', password: 'apron' } },
    ]),
  );
  const [harbour, airport] = tenants.all;
  await eventually('both connected', () =>
    tenants.all.every(({ publisher }) => publisher.state()?.phase === 'connected'),
  );
  cameraAlerts.owners.get('harbour')!.raise('broker-refuses', { severity: 'warning', message: 'too large' });
  harbour!.publisher.event('quay', stopping);
  harbour!.publisher.tellAllMetrics();
  airport!.publisher.tellAllMetrics();
  const [home, away] = ['edge/v1/harbour/cabinet', 'edge/v1/airport/cabinet'];
  await eventually('told', () => topicsOf(broker, 'harbour').includes(`${home}/event/quay`));
  await eventually('told', () => topicsOf(broker, 'airport').includes(`${away}/metrics/full`));
  assert.equal(bodiesOf(broker, `${home}/status`)[0].tenant, 'harbour');
  assert.equal(bodiesOf(broker, `${home}/status`)[0].provider, null);
  const names = bodiesOf(broker, `${home}/status`)[0].metrics.map(({ name }: { name: string }) => name);
  assert.equal(
    names.filter((name: string) => !name.startsWith('tenant_')),
    ['vehicles.quay'],
  );
  assert.ok(names.every((name: string) => name === 'vehicles.quay' || name.includes('.harbour')));
  const { 'vehicles.quay': vehicles, machine_cpu: cpu } = bodiesOf(broker, `${home}/metrics/full`)[0].values;
  assert.equal([vehicles, cpu], [2, undefined]);
  assert.equal(bodiesOf(broker, `${home}/alert/broker-refuses`)[0].message, 'too large');
  assert.equal(bodiesOf(broker, `${away}/alert/broker-refuses`), []);
  assert.equal(broker.refused, [], 'nothing beside its prefix was published or listened to, commands neither');
  const text = await metrics.prometheus();
  assert.match(text, /edge_tenant_mqtt_connected\{tenant="harbour"\} 1/);
  await stop();
  assert.equal(
    [home, away].map((prefix) => bodiesOf(broker, `${prefix}/status`).at(-1).online),
    [false, false],
  );
  await broker.stop();
});

test('where its connection breaks, the last will says of a tenant that the device is gone', async () => {
  const broker = await guardedBroker({ harbour: HARBOUR, airport: AIRPORT });
  const { tenants, stop } = await running(
    configured(broker.url, temporaryFolder('tenants-will'), [
      { id: 'harbour', mqtt: { username: 'harbour', password: 'quay' } },
      { id: 'airport', mqtt: { username: 'airport', password: 'apron' } },
    ]),
  );
  const status = 'edge/v1/harbour/cabinet/status';
  await eventually('births', () => ['harbour', 'airport'].every((user) => topicsOf(broker, user).length > 0));
  const statuses = () => bodiesOf(broker, status).map(({ online }) => online);
  await eventually('a birth', () => statuses().includes(true));
  const airport = tenants.get('airport')!.publisher.state()!;
  broker.cut('harbour');
  await eventually(
    'the will, and a birth after it',
    () => statuses().lastIndexOf(true) > statuses().indexOf(false) && statuses().includes(false),
  );
  assert.is(tenants.get('airport')!.publisher.state()!.connections, airport.connections, 'the other did not notice');
  await stop();
  await broker.stop();
});

test('while the broker of one tenant is away, the other is told, and what waits outlives a restart', async () => {
  const dir = temporaryFolder('tenants-away');
  const [own, shared] = [await guardedBroker({ harbour: HARBOUR }), await guardedBroker({ airport: AIRPORT })];
  await own.stop();
  const config = configured(shared.url, dir, [
    { id: 'harbour', mqtt: { broker: own.url, username: 'harbour', password: 'quay' } },
    { id: 'airport', mqtt: { username: 'airport', password: 'apron' } },
  ]);
  const first = await running(config);
  await eventually('connected', () => first.tenants.get('airport')!.publisher.state()!.phase === 'connected');
  first.tenants.get('harbour')!.publisher.event('quay', stopping);
  first.tenants.get('airport')!.publisher.event('runway', stopping);
  await eventually('told', () => topicsOf(shared, 'airport').includes('edge/v1/airport/cabinet/event/runway'));
  assert.is(first.tenants.get('harbour')!.publisher.state()!.sent, 0);
  await first.stop();
  assert.ok(existsSync(join(dir, 'tenants', 'harbour', 'outbox.db')));
  const back = await guardedBroker({ harbour: HARBOUR }, Number(new URL(own.url).port));
  const second = await running(config);
  await eventually('what waited', () => bodiesOf(back, 'edge/v1/harbour/cabinet/event/quay').length === 1);
  assert.equal([back.refused, shared.refused], [[], []]);
  await second.stop();
  await Promise.all([back.stop(), shared.stop()]);
});

test('the bytes of the day that one tenant used up are not those of the other', async () => {
  const broker = await guardedBroker({ harbour: HARBOUR, airport: AIRPORT });
  const { tenants, stop } = await running(
    configured(broker.url, temporaryFolder('tenants-bytes'), [
      { id: 'harbour', mqtt: { username: 'harbour', password: 'quay' }, publish: { dailyBytes: 1000 } },
      { id: 'airport', mqtt: { username: 'airport', password: 'apron' } },
    ]),
  );
  await eventually('connected', () => tenants.all.every(({ publisher }) => publisher.state()?.phase === 'connected'));
  for (let i = 0; i < 20; i++) {
    tenants.get('harbour')!.publisher.event('quay', stopping);
    tenants.get('airport')!.publisher.event('runway', stopping);
  }
  const events = (topic: string): number => bodiesOf(broker, topic).length;
  await eventually('all of the other', () => events('edge/v1/airport/cabinet/event/runway') === 20);
  assert.equal(tenants.get('harbour')!.publisher.leftOut(), [{ camera: 'quay', leftOut: 20 }]);
  assert.is(events('edge/v1/harbour/cabinet/event/quay'), 0);
  await stop();
  await broker.stop();
});

test('an outbox that is full gives up its own events and keeps its counts, while all of the other is told', async () => {
  const [own, shared] = [await guardedBroker({ harbour: HARBOUR }), await guardedBroker({ airport: AIRPORT })];
  await own.stop();
  const { tenants, stop } = await running(
    configured(shared.url, temporaryFolder('tenants-full'), [
      { id: 'harbour', mqtt: { broker: own.url, username: 'harbour', password: 'quay' }, ...FLOODED },
      { id: 'airport', mqtt: { username: 'airport', password: 'apron' }, ...FLOODED },
    ]),
  );
  const [harbour, airport] = [tenants.get('harbour')!, tenants.get('airport')!];
  await eventually('connected', () => airport.publisher.state()!.phase === 'connected');
  harbour.publisher.traffic('quay', COUNTED);
  const large = { ...stopping, counts: Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`class-${n}`, n])) };
  for (let sent = 0; sent < 1000; sent++) {
    harbour.publisher.event('quay', large);
    if (sent % 20 === 0) airport.publisher.event('runway', stopping);
    // the outbox writes between two batches
    if (sent % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // what came with the last batch is written with the next commit
  await eventually('all of its own accepted', () => {
    const { messages, dropped } = harbour.outbox.health()!;
    return messages.event + dropped.event === 1000;
  });
  await eventually('all of the other', () => bodiesOf(shared, 'edge/v1/airport/cabinet/event/runway').length === 50);
  const { messages, dropped } = harbour.outbox.health()!;
  assert.equal([messages.traffic, dropped.traffic], [1, 0]);
  assert.ok(dropped.event > 0, 'it was full');
  assert.is(airport.outbox.health()!.trimmed, 0);
  await stop();
  await shared.stop();
});

test('a setting that a command changes holds for a tenant too, but where that has a value of its own', async () => {
  const { tenants, stop } = await running(
    configured('off', temporaryFolder('tenants-settings'), [
      { id: 'harbour', publish: { events: ['stopped'] } },
      { id: 'airport' },
    ]),
  );
  assert.equal(
    tenants.publishers.map(({ says }) => says('events')),
    [true, false],
  );
  assert.is(tenants.get('airport')!.publisher.state(), null, 'without a broker nothing is told');
  await stop();
});

test('what is kept for somebody who is no tenant any more stays, and is named', async () => {
  const dir = temporaryFolder('tenants-gone');
  const gone = join(dir, 'tenants', 'depot');
  mkdirSync(gone, { recursive: true });
  const lines: string[] = [];
  const destination = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
  const { stop } = await running(
    configured('off', dir, [{ id: 'harbour' }, { id: 'airport' }]),
    createLog('warn', destination),
  );
  assert.ok(existsSync(gone));
  assert.is(lines.filter((line) => line.includes(`depot is no tenant of this device any more`)).length, 1);
  assert.match(lines.join(''), /remove the folder, or name the tenant again/);
  await stop();
});

test.run();
