import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { freePort } from '../loopback.js';
import { has, needs } from '../optional.js';
import { EVENT, listener, publisherAt } from '../telemetry/mqtt/capture-broker.js';
import { kill, mosquittoOf } from '../telemetry/mqtt/mosquitto-process.js';
import { eventually, temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('mosquitto-example');
const file = (name: string): string => join(folder, name);
const shipped = (name: string): string => readFileSync(join(PROJECT_ROOT, 'scripts/mosquitto', name), 'utf8');
const exampleTest = has('openssl') ? needs('mosquitto', test) : needs('openssl', test);

/** The example as it is shipped, with its files in a folder of the test and on free ports. */
async function example() {
  const [certificates, passwords] = [await freePort(), await freePort()];
  const lines = shipped('mosquitto.conf')
    .replaceAll('/etc/mosquitto/edge/', `${folder}/`)
    .replace('persistence_location /var/lib/mosquitto/', `persistence_location ${folder}/`)
    .replace('listener 8883', `listener ${certificates} 127.0.0.1`)
    .replace('listener 8884', `listener ${passwords} 127.0.0.1`);
  // with the rules that are left to be chosen
  writeFileSync(file('acl'), shipped('acl').replaceAll('#pattern', 'pattern'));
  writeFileSync(file('mosquitto.conf'), `user root\n${lines}`);
  const broker = await mosquittoOf(file('mosquitto.conf'), passwords);
  return {
    certificates: `mqtts://127.0.0.1:${certificates}`,
    passwords: `mqtts://127.0.0.1:${passwords}`,
    close: () => kill(broker),
  };
}

const CABINET = { certFile: file('cabinet7.pem'), keyFile: file('cabinet7.key'), caFile: file('ca.pem') };
const OPERATIONS = { username: 'operations', password: 'change-me' };
const DEVICE = { scope: scopeOf({ site: 'demo', device: 'cabinet7' }) };

test.before(() => {
  if (!has('openssl') || !has('mosquitto')) return;
  const commands = /```sh\n([\s\S]*?)```/.exec(shipped('README.md'))![1]!;
  execFileSync('sh', ['-eu', '-c', commands], { cwd: folder, stdio: 'ignore' });
});

for (const protocol of ['5', '3.1.1'] as const) {
  exampleTest(
    `a device with a certificate tells all that it has to, and hears its commands, with MQTT ${protocol}`,
    async () => {
      const broker = await example();
      const heard = await listener(broker.passwords, { ca: readFileSync(file('ca.pem')), ...OPERATIONS });
      const publisher = publisherAt(broker.certificates, { ...CABINET, protocol, keepaliveS: 1 }, DEVICE);
      publisher.start();
      publisher.event('north', EVENT);
      publisher.alert('camera-lost', { severity: 'warning', message: 'gone', since: 1, action: 'look' } as never);
      publisher.report('accuracy', { cameras: [] });
      const prefix = 'edge/v1/demo/cabinet7';
      await eventually('birth', () => publisher.state().sent > 0);
      publisher.metrics({ 'fps_inferred.north': 3 });
      publisher.retainForeign('homeassistant/device/demo/cabinet7/config', '{}');
      publisher.hearForeign('homeassistant/status', () => undefined);
      publisher.allMetrics({ 'fps_inferred.north': 3 });
      // what is in them is the business of others: here it matters that the broker takes them
      publisher.traffic('north', {} as never);
      publisher.summary({} as never);
      publisher.alertLog('camera-lost', {} as never);
      publisher.evidence('north', {} as never);
      for (const topic of [
        'status',
        'event/north',
        'metrics',
        'alert/camera-lost',
        'report/accuracy',
        'metrics/full',
        'traffic/north',
        'summary',
        'alert/camera-lost/log',
        'evidence/north',
      ]) {
        await eventually(topic, () => heard.of(`${prefix}/${topic}`).length > 0);
      }
      await heard.client.publishAsync(`${prefix}/cmd/ping`, '{"id":1}', { qos: 1 });
      await eventually('pong', () => heard.of(`${prefix}/cmd/ping/result`).length > 0);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.equal(publisher.state().refusals, []);
      assert.is(publisher.state().droppedTotal, 0);
      assert.is(publisher.state().certificates.own?.subject, 'demo/cabinet7');
      await publisher.stop();
      await heard.end();
      await broker.close();
    },
  );
}

exampleTest('a device writes nothing of others, and hears nothing of them', async () => {
  const broker = await example();
  const ca = readFileSync(file('ca.pem'));
  const pair = { cert: readFileSync(CABINET.certFile), key: readFileSync(CABINET.keyFile) };
  const device = await connectAsync(broker.certificates, { ca, ...pair, protocolVersion: 5, reconnectPeriod: 0 });
  const operations = await listener(broker.passwords, { ca, ...OPERATIONS });
  const heard: string[] = [];
  device.on('message', (topic) => void heard.push(topic));
  await device.subscribeAsync(['edge/v1/#', 'edge/v1/demo/cabinet8/cmd/+'], { qos: 1 });
  const write = (topic: string): Promise<number> =>
    device.publishAsync(topic, '{}', { qos: 1 }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  const codes: Record<string, number> = {};
  for (const topic of [
    'cabinet7/status',
    'cabinet8/status',
    'cabinet7/cmd/ping',
    'cabinet8/cmd/ping',
    '_site/cmd/x',
    '_site/cmd/invalidate',
  ]) {
    codes[topic] = await write(`edge/v1/demo/${topic}`);
  }
  codes['elsewhere'] = await write('edge/v1/other/cabinet7/status');
  assert.equal(codes, {
    'cabinet7/status': 0,
    'cabinet8/status': 135,
    'cabinet7/cmd/ping': 135,
    'cabinet8/cmd/ping': 135,
    '_site/cmd/x': 135,
    '_site/cmd/invalidate': 0,
    elsewhere: 135,
  });
  for (const cabinet of ['cabinet8', 'cabinet7'])
    await operations.client.publishAsync(`edge/v1/demo/${cabinet}/signal/north-1`, '{}', { qos: 1 });
  await operations.client.publishAsync('edge/v1/demo/cabinet8/cmd/ping', '{}', { qos: 1 });
  await operations.client.publishAsync('edge/v1/demo/cabinet7/cmd/ping', '{}', { qos: 1 });
  await eventually('its own command', () => heard.includes('edge/v1/demo/cabinet7/cmd/ping'));
  assert.equal(heard, [
    'edge/v1/demo/cabinet7/status',
    'edge/v1/demo/_site/cmd/invalidate',
    'edge/v1/demo/cabinet7/signal/north-1',
    'edge/v1/demo/cabinet7/cmd/ping',
  ]);
  await device.endAsync(true);
  await operations.end();
  await broker.close();
});

exampleTest('without a certificate, without a password or with a wrong one nobody comes in', async () => {
  const broker = await example();
  for (const [kind, url, options] of [
    ['tls', broker.certificates, { caFile: CABINET.caFile }],
    ['credentials-refused', broker.passwords, { caFile: CABINET.caFile }],
    ['credentials-refused', broker.passwords, { caFile: CABINET.caFile, username: 'operations', password: 'wrong' }],
  ] as const) {
    const publisher = publisherAt(url, options, DEVICE);
    publisher.start();
    await eventually(kind, () => publisher.state().problem?.kind === kind);
    await publisher.stop();
  }
  await broker.close();
});

test.run();
