import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FleetSubscription } from '../../src/collector/broker/fleet-subscription.js';
import { Collector } from '../../src/collector/collector.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';
import { freePort } from '../loopback.js';
import { has, where } from '../optional.js';
import { kill, mosquitto } from '../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';
import { quickMqtt } from './quick-mqtt.js';

const folder = temporaryFolder('fleet-subscription');
const endings = endingsOf(test);
const isThere = has('mosquitto');
const HOUR = 3_600_000;

async function broker(): Promise<string> {
  const port = await freePort();
  const process = await mosquitto(folder, port, ['allow_anonymous true', 'max_queued_messages 0']);
  endings.push(() => kill(process));
  return `mqtt://127.0.0.1:${port}`;
}

function subscriptionAt(url: string, taker: Collector, aheadMs = 0): FleetSubscription {
  const mqtt = quickMqtt(url);
  return new FleetSubscription({
    ...{ address: brokerAddress(mqtt), mqtt, clientId: 'collector', topics: ['edge/#'], wantsRetained: false, taker },
    now: () => Date.now() + aheadMs,
  });
}

where(
  isThere,
  'mosquitto',
  test,
)('one that is stopped before it has connected ends', async () => {
  const store = new SqliteFleetStore({ file: join(folder, 'stopped.sqlite'), durable: false });
  const collector = await Collector.open({ store });
  const subscription = subscriptionAt(await broker(), collector);
  subscription.start();
  let hasEnded = false;
  void subscription.stop().then(() => (hasEnded = true));
  await eventually('it has ended', () => hasEnded, 3000);
  await collector.stop();
  await store.close();
});

where(
  isThere,
  'mosquitto',
  test,
)('what waited at the broker for a night lies where it was made, and says nothing of a clock', async () => {
  const url = await broker();
  const device = await connectAsync(url, { clientId: 'device' });
  endings.unshift(() => device.endAsync(true));
  const store = new SqliteFleetStore({ file: join(folder, 'night.sqlite'), durable: false });
  const began = Date.now();
  const say = (topic: string, ts: number, body: object): Promise<unknown> =>
    device.publishAsync(`edge/v1/demo/a/${topic}`, JSON.stringify({ ts, ...body }), { qos: 1 });
  const birth = (ts: number, boot: string, bdSeq: number) =>
    say('status', ts, { boot, bdSeq, seq: 0, online: true, omitted: ['metrics'] });
  const event = (ts: number, boot: string, n: number) =>
    say('event/north', ts, {
      ...{ boot, seq: n, stream: '0123456789ab', n, camera: 'north', kind: 'crossed', line: 'gate' },
      ...{ direction: 'inbound', total: n, capturedAt: ts, vehicle: { trackId: n, class: 'car' } },
    });
  /** Collects until there are so many events. @param aheadMs by which the time has gone on */
  const collect = async (
    events: number,
    aheadMs: number,
    meanwhile: () => Promise<unknown> = async () => undefined,
  ) => {
    const collector = await Collector.open({ store });
    const subscription = subscriptionAt(url, collector, aheadMs);
    subscription.start();
    await eventually('it is connected', () => subscription.state.connected);
    await meanwhile();
    const rows = () => store.history({ device: 1, table: 'events', from: -1e15, to: 1e15, limit: 99 });
    while ((await rows()).length < events) await new Promise((resolve) => setTimeout(resolve, 20));
    await subscription.stop();
    await collector.stop();
    return new Map((await rows()).map(({ n, at, ts }) => [n, at - ts]));
  };
  const first = await collect(1, 0, async () => {
    await birth(began, '1f6b2c3d', 7);
    await event(began, '1f6b2c3d', 1);
  });
  assert.equal([...first], [[1, 0]]);
  // nobody collects meanwhile
  await event(began + HOUR, '1f6b2c3d', 2);
  await birth(began + 2 * HOUR, '2e7c3d4f', 8);
  await event(began + 3 * HOUR, '2e7c3d4f', 3);
  // eight hours later; then it tells at once, with a clock that is slow by an hour
  const later = await collect(4, 8 * HOUR, async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await event(Date.now() + 7 * HOUR, '2e7c3d4f', 4);
  });
  assert.equal([later.get(1), later.get(2), later.get(3)], [0, 0, 0]);
  assert.ok(Math.abs(later.get(4)! - HOUR) < 5000, `${later.get(4)} ms`);
  await store.close();
});

test.run();
