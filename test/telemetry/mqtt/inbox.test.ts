import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeOf } from '../../../src/foundation/scope.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { eventually } from '../../temporary.js';
import { newKey } from '../commands/signing.js';
import { listener, pingable, publisherAt } from './capture-broker.js';
import { assertPublished } from './message-schemas.js';

const TOPIC = 'edge/v1/site1/_site/cmd/invalidate';
const BODY = { version: 1, device: 'dev1', tags: ['camera:3'] };
const siteKey = newKey();

const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

test('what is told to the site goes out signed, at QoS 1, not retained, with time and number, and comes back', async () => {
  const outside = await listener(url);
  const commands = pingable({ siteKey });
  const heard: unknown[] = [];
  commands.onNews('invalidate', (body) => heard.push(body));
  const publisher = publisherAt(url, {}, { commands });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.siteCommand('invalidate', BODY);
  await eventually('heard', () => heard.length === 1 && outside.of(TOPIC).length === 1);
  const [message] = outside.of(TOPIC);
  assert.is(message!.qos, 1);
  assert.is(message!.retain, false);
  assertPublished(message!);
  assert.equal([message!.json.seq, message!.json.key], [1, siteKey.id]);
  const { name, site, device, body } = JSON.parse(message!.json.command);
  assert.equal([name, site, device, body], ['invalidate', 'site1', '_site', BODY]);
  assert.equal(heard, [BODY]);
  await publisher.stop();
  await outside.end();
});

test('a device without a key hears nothing of its site and tells nothing', async () => {
  const outside = await listener(url);
  const commands = pingable({ scope: scopeOf({ site: 'site1', device: 'dev2' }) });
  const publisher = publisherAt(url, {}, { commands, scope: scopeOf({ site: 'site1', device: 'dev2' }) });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  publisher.siteCommand('invalidate', BODY);
  await outside.client.publishAsync(TOPIC, '{"forged":true}', { qos: 1 });
  await outside.client.publishAsync('edge/v1/site1/dev2/cmd/ping', '', { qos: 1 });
  await eventually('pong', () => outside.of('edge/v1/site1/dev2/cmd/ping/result').length === 1);
  assert.equal(
    outside.of(TOPIC).map(({ text }) => text),
    ['{"forged":true}'],
  );
  assert.is(commands.counts().refused['unknown-command'], 0);
  await publisher.stop();
  await outside.end();
});

test('retained commands are refused and counted, whether to the device or to the site', async () => {
  const outside = await listener(url);
  const topics = [TOPIC, 'edge/v1/site1/dev1/cmd/ping'];
  for (const topic of topics) await outside.client.publishAsync(topic, '{"id":1}', { qos: 1, retain: true });
  const commands = pingable({ siteKey });
  const publisher = publisherAt(url, {}, { commands });
  publisher.start();
  await eventually('refused', () => commands.counts().refused.retained === 2);
  assert.is(outside.messages.filter(({ topic }) => topic.endsWith('/result')).length, 0);
  await publisher.stop();
  for (const topic of topics) await outside.client.publishAsync(topic, '', { retain: true });
  await outside.end();
});

test('after another connection it listens again, and a listener that throws breaks nothing', async () => {
  const first = new EmbeddedBroker(0);
  const address = await first.start();
  const commands = pingable({ siteKey });
  let heard = 0;
  commands.onNews('invalidate', () => {
    heard++;
    throw new Error('a bad listener');
  });
  const publisher = publisherAt(address, {}, { commands });
  publisher.start();
  await eventually('connected', () => publisher.state().connections === 1);
  await first.stop();
  const second = new EmbeddedBroker(Number(new URL(address).port));
  await second.start();
  await eventually('connected again', () => publisher.state().connections === 2);
  for (const tags of [['a'], ['b']]) publisher.siteCommand('invalidate', { ...BODY, tags });
  await eventually('heard twice', () => heard === 2);
  await publisher.stop();
  await second.stop();
});

test.run();
