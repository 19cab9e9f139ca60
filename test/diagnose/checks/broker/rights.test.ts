import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AedesPublishPacket } from 'aedes';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brokerRights } from '../../../../src/diagnose/checks/broker/rights.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { freePort } from '../../../loopback.js';
import { needs } from '../../../optional.js';
import { kill, mosquitto } from '../../../telemetry/mqtt/mosquitto-process.js';
import { temporaryFolder } from '../../../temporary.js';
import { brokerWith, patientOf } from './broken-brokers.js';

const test = suite('broker rights');
const mosquittoTest = needs('mosquitto', test);
const folder = temporaryFolder('broker-rights');
const PING = 'edge/v1/site1/dev1/cmd/diagnose-ping/result';

async function findingsAt(port: number) {
  const patient = patientOf({ broker: `mqtt://127.0.0.1:${port}` });
  return brokerRights().run(patient, new AbortController().signal);
}

test('a message that comes back proves both rights, and nothing of it is retained', async () => {
  const published: AedesPublishPacket[] = [];
  const broker = await brokerWith((aedes) =>
    aedes.on('publish', (packet, client) => void (client && published.push(packet as AedesPublishPacket))),
  );
  const [finding] = await findingsAt(broker.port);
  await broker.close();
  assert.equal([finding?.condition, finding?.code, finding?.values['topic']], ['fine', 'broker-rights-fine', PING]);
  assert.ok((finding?.values['ms'] as number) >= 1);
  assert.equal(
    published.map(({ topic, retain }) => [topic, retain]),
    [[PING, false]],
  );
});

test('a refused subscription is named with its topic', async () => {
  const broker = await brokerWith((aedes) => {
    aedes.authorizeSubscribe = (_client, subscription, done) =>
      done(null, subscription.topic.endsWith('/cmd/+') ? null : subscription);
  });
  const findings = await findingsAt(broker.port);
  await broker.close();
  assert.equal(findings, [
    {
      condition: 'degraded',
      code: 'broker-read-refused',
      values: { filter: 'edge/v1/site1/dev1/cmd/+', code: 128 },
      subject: 'edge/v1/site1/dev1/cmd/+',
    },
  ]);
  assert.is(
    findingText(findings[0]!, LANGUAGES.en).remedy,
    'Give the user of this device the right to read edge/v1/site1/dev1/cmd/+ (scripts/mosquitto/acl has the lines), then reload the broker.',
  );
});

test('a broker that ends the connection at what is published, and one that throws it away, are told apart', async () => {
  const ending = await brokerWith((aedes) => {
    aedes.authorizePublish = (_client, _packet, done) => done(new Error('no right'));
  });
  const ended = await findingsAt(ending.port);
  await ending.close();
  assert.equal(
    ended.map(({ condition, code }) => [condition, code]),
    [['broken', 'broker-write-ended']],
  );
  const swallowing = await brokerWith((aedes) => {
    aedes.authorizeForward = () => null;
  });
  const lost = await findingsAt(swallowing.port);
  await swallowing.close();
  assert.equal(
    lost.map(({ condition, code }) => [condition, code]),
    [['degraded', 'broker-ping-lost']],
  );
});

mosquittoTest('Mosquitto says by its code what may not be written, and is silent of what may not be read', async () => {
  const withRules = async (...rules: string[]) => {
    const port = await freePort();
    const file = join(folder, `acl-${port}`);
    writeFileSync(file, [...rules, ''].join('\n'));
    const broker = await mosquitto(folder, port, ['allow_anonymous true', `acl_file ${file}`]);
    const findings = await findingsAt(port);
    await kill(broker);
    return findings.map(({ condition, code, values }) => [condition, code, values['code'] ?? null]);
  };
  assert.equal(await withRules('topic read #'), [['broken', 'broker-write-refused', 135]]);
  assert.equal(await withRules('topic write #'), [['degraded', 'broker-ping-lost', null]]);
  assert.equal(await withRules('topic readwrite edge/v1/site1/dev1/#'), [['fine', 'broker-rights-fine', null]]);
});

test('without a connection nothing is known of the rights', async () => {
  const findings = await findingsAt(await freePort());
  assert.equal(
    findings.map(({ condition, code }) => [condition, code]),
    [['unknown', 'broker-rights-untried']],
  );
});

test.run();
