import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../loopback.js';
import { has, needs } from '../../optional.js';
import { endWithTests, eventually, temporaryFolder } from '../../temporary.js';
import { EVENT, listener, publisherAt, STATUS } from './capture-broker.js';
import { brokerCertificates, kill, mosquitto } from './mosquitto-process.js';

const folder = temporaryFolder('mosquitto');
const mosquittoTest = needs('mosquitto', test);

mosquittoTest('version 5 is spoken, and after the broker was killed what happened meanwhile is delivered', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const first = await mosquitto(folder, port, ['allow_anonymous true']);
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  assert.is(publisher.state().protocol, '5');
  await kill(first);
  await eventually('lost', () => publisher.state().phase !== 'connected');
  for (let frame = 0; frame < 5; frame++) publisher.event('north', { ...EVENT, frame });

  const second = await mosquitto(folder, port, ['allow_anonymous true']);
  const heard = await listener(url);
  await eventually('connected again', () => publisher.state().connections === 2);
  await eventually('delivered', () => publisher.state().queued + publisher.state().inFlight === 0);
  publisher.event('north', { ...EVENT, frame: 5 });
  await eventually('last event', () => heard.messages.some((m) => m.json?.frame === 5));
  await eventually('birth', () => heard.of(STATUS).some((m) => m.json.online));
  assert.is(publisher.state().droppedTotal, 0);
  await publisher.stop();
  await eventually('farewell', () => heard.of(STATUS).some((m) => m.json.reason === 'stopped'));
  await heard.end();
  await kill(second);
});

mosquittoTest('messages that the broker refuses are counted and hold up nothing', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const acl = join(folder, 'acl');
  writeFileSync(
    acl,
    'topic write edge/v1/site1/dev1/status\ntopic write edge/v1/site1/dev1/event/north\ntopic read edge/#\n',
  );
  const broker = await mosquitto(folder, port, ['allow_anonymous true', `acl_file ${acl}`]);
  const heard = await listener(url);
  const publisher = publisherAt(url);
  publisher.start();
  for (let i = 0; i < 40; i++) publisher.event('south', EVENT);
  publisher.event('north', EVENT);
  await eventually('refused', () => publisher.state().dropped.refused === 40);
  await eventually('event', () => heard.messages.some((m) => m.topic.endsWith('/event/north')));
  await publisher.stop();
  await heard.end();
  await kill(broker);
});

mosquittoTest('a killed program is told offline by its retained last will', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = await mosquitto(folder, port, ['allow_anonymous true']);
  const heard = await listener(url);
  const script = fileURLToPath(new URL('./publisher-child.js', import.meta.url));
  const child = endWithTests(spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] }));
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  await eventually('birth', () => heard.of(STATUS).length === 1);
  await kill(child);
  await eventually('will', () => heard.of(STATUS).length === 2);
  const [birth, will] = heard.of(STATUS).map((m) => m.json);
  assert.equal([birth.online, will.online, will.reason], [true, false, undefined]);
  assert.is(will.bdSeq, birth.bdSeq);
  await heard.end();
  const late = await listener(url);
  await eventually('retained will', () => late.of(STATUS).length === 1);
  assert.is(late.of(STATUS)[0]!.json.online, false);
  await late.end();
  await kill(broker);
});

const tlsTest = has('openssl') ? mosquittoTest : needs('openssl', test);

tlsTest('TLS with a client certificate and a password works, and each missing part is refused', async () => {
  brokerCertificates(folder);
  const file = (name: string): string => join(folder, name);
  const port = await freePort();
  const broker = await mosquitto(folder, port, [
    'allow_anonymous false',
    `cafile ${file('ca.pem')}`,
    `certfile ${file('server.pem')}`,
    `keyfile ${file('server.key')}`,
    'require_certificate true',
    `password_file ${file('passwd')}`,
  ]);
  writeFileSync(file('password'), 'right-password\n');
  const url = `mqtts://127.0.0.1:${port}`;
  const tls = { caFile: file('ca.pem'), certFile: file('client.pem'), keyFile: file('client.key') };
  const login = { username: 'edge', passwordFile: file('password') };

  const publisher = publisherAt(url, { ...tls, ...login });
  publisher.start();
  const ca = readFileSync(tls.caFile);
  const pair = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
  await eventually('connected', () => publisher.state().phase === 'connected');
  const heard = await listener(url, { ca, ...pair, username: 'edge', password: 'right-password' });
  publisher.event('north', EVENT);
  await eventually('event', () => heard.messages.some((m) => m.topic.endsWith('/event/north')));
  await heard.end();
  await publisher.stop();

  const refusals = [
    ['tls', { caFile: tls.caFile, ...login }],
    ['tls', { ...login }],
    ['credentials-refused', { ...tls, username: 'edge', password: 'wrong' }],
  ] as const;
  for (const [kind, options] of refusals) {
    const refused = publisherAt(url, options);
    refused.start();
    await eventually(`${kind} with ${Object.keys(options)}`, () => refused.state().problem?.kind === kind);
    await refused.stop();
  }
  await kill(broker);
});

test.run();
