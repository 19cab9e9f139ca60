import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeOf } from '../../../src/foundation/scope.js';
import { freePort } from '../../loopback.js';
import { needs } from '../../optional.js';
import { EVENT, listener, publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { kill, mosquitto, mosquittoOf } from '../../telemetry/mqtt/mosquitto-process.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { documentedTopics, filterTakes } from './documented-topics.js';

const test = suite('the bridge of a site');
const withMosquitto = needs('mosquitto', test);

const folder = temporaryFolder('bridge');
const ofCentral = temporaryFolder('bridge-central');
const shipped = readFileSync('docs/fleet/mosquitto-bridge.conf', 'utf8');
const PREFIX = 'edge/v1/demo/cabinet7';

/** As it is shipped, on ports of the test and without TLS, which the example of a broker is tried with. */
async function bridge(central: number): Promise<{ url: string; close(): Promise<void> }> {
  const port = await freePort();
  const lines = shipped
    .replace("listener 1883 <address of the site's network>", `listener ${port} 127.0.0.1`)
    .replace('persistence_location /var/lib/mosquitto/', `persistence_location ${folder}/`)
    .replace('address <central broker>:8883', `address 127.0.0.1:${central}`)
    .replace('connection <name of the site>', 'connection demo')
    .replaceAll('edge/v1/<name of the site>/', 'edge/v1/demo/')
    .replace(/^bridge_(cafile|certfile|keyfile) .*\n/gm, '');
  assert.not.match(lines, /^[^#]*</m, 'every place to be filled in is');
  const file = join(folder, 'site.conf');
  writeFileSync(file, `user root\n${lines}`);
  const child = await mosquittoOf(file, port);
  return { url: `mqtt://127.0.0.1:${port}`, close: () => kill(child) };
}

/** As a service is stopped, which saves what it keeps. */
async function ended(broker: ChildProcess): Promise<void> {
  const gone = once(broker, 'exit');
  broker.kill('SIGTERM');
  await gone;
}

test('every topic that a device tells goes out, and every one that it hears from beyond its site comes in', () => {
  const lines = [...shipped.replaceAll('<name of the site>', 'demo').matchAll(/^topic (\S+) (in|out) [01]$/gm)];
  const passes = (topic: string) =>
    lines.filter(([, filter]) => filterTakes(filter!, topic)).map(([, , direction]) => direction);
  // one that went both ways would go in a circle
  for (const { topic, isTold } of documentedTopics('demo', 'cabinet7'))
    assert.equal(passes(topic), [isTold ? 'out' : 'in'], topic);
  for (const { topic, isTold } of documentedTopics('other', 'cabinet7'))
    if (!isTold) assert.equal(passes(topic), [], `of another site: ${topic}`);
});

withMosquitto(
  'all that a device tells arrives at the central broker, and commands come back, also over an outage',
  async () => {
    const port = await freePort();
    const start = () =>
      mosquitto(folder, port, ['allow_anonymous true', 'persistence true', `persistence_location ${ofCentral}/`]);
    let central = await start();
    const url = `mqtt://127.0.0.1:${port}`;
    // its session outlives the broker, which may pass on what waited before it is back
    const lasting = { clientId: 'operations', clean: false };
    let heard = await listener(url, lasting);
    const site = await bridge(port);
    const publisher = publisherAt(site.url, {}, { scope: scopeOf({ site: 'demo', device: 'cabinet7' }) });
    publisher.start();
    await eventually('birth', () => heard.of(`${PREFIX}/status`).length > 0);
    publisher.event('north', EVENT);
    publisher.alert('camera-lost', { severity: 'warning', message: 'gone', since: 1, action: 'look' } as never);
    publisher.report('accuracy', { cameras: [] });
    publisher.metrics({ 'fps_inferred.north': 3 });
    publisher.allMetrics({ 'fps_inferred.north': 3 });
    publisher.traffic('north', {} as never);
    publisher.summary({} as never);
    publisher.alertLog('camera-lost', {} as never);
    publisher.evidence('north', {} as never);
    for (const topic of [
      'event/north',
      'alert/camera-lost',
      'report/accuracy',
      'metrics',
      'metrics/full',
      'traffic/north',
      'summary',
      'alert/camera-lost/log',
      'evidence/north',
    ])
      await eventually(topic, () => heard.of(`${PREFIX}/${topic}`).length > 0);
    await heard.client.publishAsync(`${PREFIX}/cmd/ping`, '{"id":1}', { qos: 1 });
    const cabinet = await listener(site.url);
    await heard.client.publishAsync(`${PREFIX}/signal/north-1`, '{"state":"red"}', { qos: 1 });
    await eventually('signal', () => cabinet.of(`${PREFIX}/signal/north-1`).length > 0);
    await cabinet.end();
    await eventually('pong', () => heard.of(`${PREFIX}/cmd/ping/result`).length > 0);

    await heard.end();
    await ended(central);
    for (let frame = 100; frame < 120; frame++) publisher.event('north', { ...EVENT, frame });
    await eventually('the site takes them', () => publisher.state().inFlight === 0 && publisher.state().queued === 0);
    central = await start();
    heard = await listener(url, lasting);
    const told = () => heard.of(`${PREFIX}/event/north`).map(({ json }) => json.frame as number);
    await eventually('what waited', () => new Set(told()).size === 20, 90_000);
    assert.equal(
      [...new Set(told())],
      Array.from({ length: 20 }, (_, i) => 100 + i),
    );

    await publisher.stop();
    await heard.end();
    await site.close();
    await kill(central);
  },
);

test.run();
