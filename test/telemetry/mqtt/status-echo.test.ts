import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../loopback.js';
import { needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { BIRTH, listener, publisherAt, STATUS } from './capture-broker.js';
import { assertPublished } from './message-schemas.js';
import { kill, mosquitto } from './mosquitto-process.js';

const folder = temporaryFolder('status-echo');
const mosquittoTest = needs('mosquitto', test);

/** Patience and checks of a third and a quarter of a second. */
const QUICK = { protocol: '3.1.1', keepaliveS: 1 } as const;
const LONG_BIRTH = {
  ...BIRTH,
  metrics: Array.from({ length: 80 }, (_, n) => ({ name: `metric_${n}.north`, unit: 'frames/s' })),
};

/** Mosquitto with an access list. */
async function withAccess(...lines: readonly string[]) {
  const port = await freePort();
  const acl = join(folder, `acl-${port}`);
  writeFileSync(acl, `${lines.join('\n')}\n`);
  const broker = await mosquitto(folder, port, ['allow_anonymous true', `acl_file ${acl}`]);
  return { url: `mqtt://127.0.0.1:${port}`, close: () => kill(broker) };
}

mosquittoTest('an access list that swallows the status without a word is found by listening to it', async () => {
  const broker = await withAccess('topic read edge/#', 'topic write edge/v1/site1/dev1/event/+');
  const publisher = publisherAt(broker.url, QUICK);
  publisher.start();
  await eventually('said', () => /nothing is heard/.test(publisher.state().refusals.join()));
  assert.match(
    publisher.state().refusals.join(),
    /acknowledges messages to edge\/v1\/site1\/dev1\/status and nothing is heard there.*let its user write edge\/v1\/site1\/dev1\/# and read edge\/v1\/site1\/dev1\/status/,
  );
  assert.is(publisher.state().phase, 'connected', 'the rest goes on');
  await publisher.stop('stopped', 300);
  await broker.close();
});

mosquittoTest('a device that may write and hear its own status has nothing to complain of', async () => {
  const broker = await withAccess('topic readwrite edge/v1/site1/dev1/#');
  const heard = await listener(broker.url);
  const publisher = publisherAt(broker.url, QUICK);
  publisher.start();
  await eventually('birth', () => heard.of(STATUS).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 900));
  assert.equal(publisher.state().refusals, []);
  assert.is(heard.of(STATUS).length, 1);
  await publisher.stop('stopped', 300);
  await heard.end();
  await broker.close();
});

mosquittoTest('a size that the broker acknowledges and throws away is found by halving, and told', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = await mosquitto(folder, port, ['allow_anonymous true', 'message_size_limit 700']);
  const heard = await listener(url);
  const publisher = publisherAt(url, QUICK, { birth: LONG_BIRTH });
  publisher.start();
  await eventually('found', () => publisher.state().refusals.length > 1);
  const limit = /takes no message of (\d+) bytes or more/.exec(publisher.state().refusals.join());
  assert.ok(Number(limit?.[1]) >= 700 && Number(limit?.[1]) < 850, limit?.[0]);
  assert.match(publisher.state().refusals.join(), 'the birth message lacks metrics');
  publisher.metrics(Object.fromEntries(LONG_BIRTH.metrics.map(({ name }, n) => [name, n])));
  await eventually('metrics', () => heard.messages.some(({ json }) => 'metric_79.north' in (json?.values ?? {})));
  const births = heard.of(STATUS);
  assert.equal(births.at(-1)!.json.omitted, ['metrics']);
  assert.is(births.at(-1)!.text.endsWith('}'), true, 'the last one without blanks');
  for (const birth of births) assertPublished(birth);
  assert.is(publisher.state().connections, 1);
  await publisher.stop('stopped', 300);
  await heard.end();
  await kill(broker);
});

mosquittoTest('a status that somebody writes over or clears is told again', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = await mosquitto(folder, port, ['allow_anonymous true']);
  const publisher = publisherAt(url, { protocol: '5' });
  const heard = await listener(url);
  publisher.start();
  await eventually('birth', () => heard.of(STATUS).length === 1);
  heard.client.publish(STATUS, '{"online":false,"bdSeq":1,"ts":1}', { qos: 1, retain: true });
  await eventually('told again', () => heard.of(STATUS).length === 3);
  assert.is(heard.of(STATUS)[2]!.json.online, true);
  await publisher.stop();
  await heard.end();
  await kill(broker);
});

mosquittoTest('two devices with one name and two client ids are told so, both', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = await mosquitto(folder, port, ['allow_anonymous true']);
  const heard = await listener(url);
  const pair = ['a', 'b'].map((clientId) => publisherAt(url, { clientId }));
  pair[0]!.start();
  await eventually('first', () => heard.of(STATUS).length === 1);
  pair[1]!.start();
  for (const one of pair) {
    await eventually('said', () => one.state().clientIdShared?.startsWith('another device tells the broker') === true);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.is(heard.of(STATUS).length, 4, 'each answers the other once');
  await Promise.all(pair.map((one) => one.stop('stopped', 300)));
  await heard.end();
  await kill(broker);
});

test.run();
