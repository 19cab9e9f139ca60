import { connect } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EdgeError } from '../../../src/foundation/errors.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { eventually } from '../../temporary.js';
import { EVENT, listener, publisherAt } from './capture-broker.js';

test('a taken port is an error that names the ways out', async () => {
  const first = new EmbeddedBroker(0);
  const port = Number(new URL(await first.start()).port);
  const second = new EmbeddedBroker(port);
  try {
    await second.start();
    assert.unreachable('it started');
  } catch (error) {
    assert.instance(error, EdgeError);
    assert.is((error as EdgeError).code, 'E_PUBLISH');
    assert.match((error as Error).message, `port ${port} is taken`);
    assert.match((error as Error).message, `--broker mqtt://127.0.0.1:${port}`);
    assert.match((error as Error).message, 'mqtt.embeddedPort');
  }
  await second.stop();
  await first.stop();
  await first.stop();
});

test('a payload that is too large is not taken', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const sender = connect(url, { reconnectPeriod: 0 });
  await new Promise((resolve) => sender.once('connect', resolve));
  const closed = new Promise<void>((resolve) => sender.once('close', () => resolve()));
  sender.publish('edge/v1/a/b/metrics', Buffer.alloc(300_000), { qos: 1 });
  await closed;
  assert.is(heard.messages.length, 0);
  sender.end(true);
  await heard.end();
  await broker.stop();
});

test('what is retained is bounded, and makes room when it is cleared', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const sender = await listener(url);
  const publish = (n: number, bytes: number) =>
    sender.client.publishAsync(`edge/v1/a/b/t${n}`, Buffer.alloc(bytes, 'x'), { qos: 1, retain: true });
  for (let n = 0; n < 70; n++) await publish(n, 250_000);
  await publish(0, 0);
  await publish(70, 250_000);
  await sender.end();
  const late = await listener(url);
  await eventually('retained messages', () => late.messages.length >= 64);
  const names = late.messages.map(({ topic }) => Number(topic.slice('edge/v1/a/b/t'.length))).sort((a, b) => a - b);
  assert.equal(names, [...Array.from({ length: 63 }, (_, i) => i + 1), 70]);
  await late.end();
  await broker.stop();
});

test('a broker that is stopped during its start listens no more', async () => {
  const broker = new EmbeddedBroker(0);
  const starting = broker.start();
  await broker.stop();
  const afterAedes = await starting;
  const other = new EmbeddedBroker(0);
  const late = other.start();
  await new Promise((resolve) => setImmediate(resolve));
  await other.stop();
  for (const url of [afterAedes, await late]) {
    const client = connect(url, { reconnectPeriod: 0 });
    const outcome = await new Promise((resolve) => {
      client.once('connect', () => resolve('connected'));
      client.once('error', () => resolve('refused'));
    });
    assert.is(outcome, 'refused');
    client.end(true);
  }
});

test('nothing is kept for a subscriber that went away with an open session', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const session = { clean: false, clientId: 'keeper' };
  await (await listener(url, session)).end();
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  for (let i = 0; i < 20; i++) publisher.event('north', EVENT);
  await eventually('sent', () => publisher.state().sent >= 21);
  const back = await listener(url, session);
  await eventually('retained status', () => back.messages.length > 0);
  assert.is(back.messages.filter((m) => m.topic.includes('/event/')).length, 0);
  await back.end();
  await publisher.stop();
  await broker.stop();
});

test('a subscriber that takes nothing any more is disconnected and the others get everything', async () => {
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const stalled = await listener(url);
  stalled.client.stream.pause();
  const publisher = publisherAt(url);
  publisher.start();
  const counts = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`class-with-a-long-name-${i}`, i]));
  for (let frame = 0; frame < 100; frame++) publisher.event('north', { ...EVENT, frame, counts });
  await eventually('all connected', () => broker.clients === 3);
  await eventually('the stalled one is gone', () => broker.clients === 2);
  await eventually('last event', () => heard.messages.some((m) => m.json?.frame === 99));
  assert.is(heard.messages.filter((m) => m.topic.endsWith('/event/north')).length, 100);
  assert.is(publisher.state().droppedTotal, 0);
  await publisher.stop();
  stalled.client.end(true);
  await heard.end();
  await broker.stop();
});

test('the publisher goes on when the broker stops and comes back', async () => {
  const first = new EmbeddedBroker(0);
  const url = await first.start();
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  await first.stop();
  await eventually('lost', () => publisher.state().phase !== 'connected');
  publisher.event('north', EVENT);
  const second = new EmbeddedBroker(Number(new URL(url).port));
  await second.start();
  const heard = await listener(url);
  await eventually('event', () => heard.messages.some((m) => m.topic.endsWith('/event/north')));
  await publisher.stop();
  await heard.end();
  await second.stop();
});

test.run();
