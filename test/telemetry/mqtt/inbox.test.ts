import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeOf } from '../../../src/foundation/scope.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { eventually } from '../../temporary.js';
import { listener, publisherAt } from './capture-broker.js';
import { assertPublished } from './message-schemas.js';

const TOPIC = 'edge/v1/site1/_site/cmd/invalidate';
const MESSAGE = { version: 1, device: 'dev1', tags: ['camera:3'] };

const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

test('what is told to the site goes out at QoS 1, not retained, with time and number, and comes back', async () => {
  const outside = await listener(url);
  const publisher = publisherAt(url);
  const heard: string[] = [];
  publisher.onSiteCommand('invalidate', (message) => heard.push(message));
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.siteCommand('invalidate', MESSAGE);
  await eventually('heard', () => heard.length === 1 && outside.of(TOPIC).length === 1);
  const [message] = outside.of(TOPIC);
  assert.is(message!.qos, 1);
  assert.is(message!.retain, false);
  assertPublished(message!);
  assert.equal({ ...message!.json, ts: 0 }, { seq: 1, ts: 0, ...MESSAGE });
  assert.is(heard[0], message!.text);
  await publisher.stop();
  await outside.end();
});

test('a device that listens to nothing of its site hears nothing of it', async () => {
  const outside = await listener(url);
  const heard: string[] = [];
  const [deaf, listening] = [
    publisherAt(url),
    publisherAt(url, {}, { scope: scopeOf({ site: 'site1', device: 'dev2' }) }),
  ];
  for (const publisher of [deaf, listening]) publisher.start();
  await eventually('connected', () => deaf.state().connections + listening.state().connections === 2);
  // while connected
  const end = listening.onSiteCommand('invalidate', (message) => heard.push(message));
  await eventually('subscribed', () => {
    deaf.siteCommand('invalidate', MESSAGE);
    return heard.length > 0;
  });
  end();
  const told = heard.length;
  await outside.client.publishAsync(TOPIC, '{}', { qos: 1 });
  await outside.client.publishAsync('edge/v1/site1/dev2/cmd/ping', '', { qos: 1 });
  await eventually('pong', () => outside.of('edge/v1/site1/dev2/cmd/ping/result').length === 1);
  assert.is(heard.length, told, 'after its end the listener hears nothing');
  for (const publisher of [deaf, listening]) await publisher.stop();
  await outside.end();
});

test('a retained message to the site is ignored, as retained commands are', async () => {
  const outside = await listener(url);
  await outside.client.publishAsync(TOPIC, '{"retained":true}', { qos: 1, retain: true });
  const publisher = publisherAt(url);
  const heard: string[] = [];
  publisher.onSiteCommand('invalidate', (message) => heard.push(message));
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.siteCommand('invalidate', MESSAGE);
  await eventually('heard', () => heard.length === 1);
  assert.match(heard[0]!, /"tags":\["camera:3"\]/);
  await outside.client.publishAsync(TOPIC, '', { retain: true });
  await publisher.stop();
  await outside.end();
});

test('after another connection it listens again, and a listener that throws breaks nothing', async () => {
  const first = new EmbeddedBroker(0);
  const address = await first.start();
  const publisher = publisherAt(address);
  let heard = 0;
  publisher.onSiteCommand('invalidate', () => {
    heard++;
    throw new Error('a bad listener');
  });
  publisher.start();
  await eventually('connected', () => publisher.state().connections === 1);
  await first.stop();
  const second = new EmbeddedBroker(Number(new URL(address).port));
  await second.start();
  await eventually('connected again', () => publisher.state().connections === 2);
  for (const tags of [['a'], ['b']]) publisher.siteCommand('invalidate', { ...MESSAGE, tags });
  await eventually('heard twice', () => heard === 2);
  await publisher.stop();
  await second.stop();
});

test('a name is listened to once, and must be able to stand in a topic', () => {
  const publisher = publisherAt(url);
  publisher.onSiteCommand('invalidate', () => {});
  assert.throws(() => publisher.onSiteCommand('invalidate', () => {}), /has a listener already/);
  assert.throws(() => publisher.onSiteCommand('#', () => {}), RangeError);
});

test.run();
