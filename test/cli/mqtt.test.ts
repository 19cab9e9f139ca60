import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ClearOptions, clearRetained } from '../../src/cli/mqtt.js';
import { explain } from '../../src/foundation/errors.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { freePort } from '../loopback.js';
import { needs } from '../optional.js';
import { kill, mosquitto } from '../telemetry/mqtt/mosquitto-process.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer } from './command-line.js';

const folder = temporaryFolder('mqtt-clear');
const mosquittoTest = needs('mosquitto', test);

const OFFLINE = JSON.stringify({ online: false, bdSeq: 1, ts: 1, reason: 'stopped' });

/** What a device that is gone left at the broker, and what two others did, one of them with a longer name. */
async function leave(url: string): Promise<void> {
  const client = await connectAsync(url, { reconnectPeriod: 0 });
  const messages = {
    'edge/v1/site/old/status': OFFLINE,
    'edge/v1/site/old/alert/camera-lost': '{"code":"camera-lost"}',
    'edge/v1/site/old/report/accuracy': '{"cameras":[]}',
    'edge/v1/site/old/event/north': '{"camera":"north"}',
    'edge/v1/site/old/event/south': '{"camera":"south"}',
    'edge/v1/site/older/status': OFFLINE,
    'edge/v1/site/live/status': '{"online":true}',
  };
  for (const [topic, text] of Object.entries(messages)) {
    await client.publishAsync(topic, text, { qos: 1, retain: true });
  }
  await client.endAsync();
}

/** Topics that the broker retains. */
async function retained(url: string): Promise<string[]> {
  const client = await connectAsync(url, { reconnectPeriod: 0 });
  const topics: string[] = [];
  client.on('message', (topic, payload) => payload.length > 0 && topics.push(topic));
  await client.subscribeAsync('edge/v1/#', { qos: 1 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await client.endAsync(true);
  return topics.sort();
}

/** Does it in this process. @returns what it printed, and the exit code or the error's text */
async function clear(options: ClearOptions): Promise<{ stdout: string; end: number | string }> {
  const { write } = process.stdout;
  let stdout = '';
  process.stdout.write = ((text: string) => {
    stdout += text;
    return true;
  }) as typeof write;
  try {
    const end = await clearRetained(options).catch((error: unknown) => explain(error));
    return { stdout, end };
  } finally {
    process.stdout.write = write;
  }
}

const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('EDGE_')) delete process.env[name];
  url = await broker.start();
});
test.after(() => broker.stop());

test('a retired device is listed, and cleared only with --yes, without the others', async () => {
  await leave(url);
  const before = await retained(url);
  const listed = await clear({ broker: url, site: 'site', device: 'old' });
  assert.is(
    listed.stdout,
    [
      'edge/v1/site/old/alert/camera-lost (22 bytes)',
      'edge/v1/site/old/event/north (18 bytes)',
      'edge/v1/site/old/event/south (18 bytes)',
      'edge/v1/site/old/report/accuracy (14 bytes)',
      'edge/v1/site/old/status (52 bytes)',
      '5 retained; --yes clears them',
      '',
    ].join('\n'),
  );
  assert.equal(await clear({ broker: url, site: 'site', device: 'old', yes: true, dryRun: true }), listed);
  assert.equal(await retained(url), before);

  const camera = await clear({ broker: url, site: 'site', device: 'old', camera: 'north', yes: true });
  assert.is(camera.stdout, 'cleared edge/v1/site/old/event/north\n');
  const all = await edgeOptimizer(
    ['mqtt', 'clear', '--device', 'old', '--site', 'site', '--yes', '--json'].concat('--broker', url),
  );
  assert.is(all.code, 0, all.stderr);
  assert.equal(JSON.parse(all.stdout), {
    prefix: 'edge/v1/site/old',
    found: ['alert/camera-lost', 'event/south', 'report/accuracy', 'status'].map((name) => `edge/v1/site/old/${name}`),
    cleared: ['alert/camera-lost', 'event/south', 'report/accuracy', 'status'].map(
      (name) => `edge/v1/site/old/${name}`,
    ),
    kept: [],
  });
  assert.equal(await retained(url), ['edge/v1/site/live/status', 'edge/v1/site/older/status']);

  const live = { broker: url, site: 'site', device: 'live', yes: true };
  assert.match(`${(await clear(live)).end}`, 'live is online: stop it first');
  const forced = await clear({ ...live, force: true });
  assert.is(forced.stdout, 'cleared edge/v1/site/live/status\n');
  const nothing = await clear(live);
  assert.is(nothing.stdout, 'the broker retains nothing of it below edge/v1/site/live that this user may read\n');
});

mosquittoTest('what access rules keep is told, in both versions, and is exit code 1', async () => {
  const port = await freePort();
  const acl = join(folder, 'acl');
  writeFileSync(acl, 'topic readwrite edge/#\nuser visitor\ntopic read edge/#\ntopic write edge/v1/site/old/event/+\n');
  const strict = await mosquitto(folder, port, ['allow_anonymous true', `acl_file ${acl}`]);
  const there = `mqtt://127.0.0.1:${port}`;
  await leave(there);
  for (const [protocol, reason] of [
    ['5', /^kept edge\/v1\/site\/old\/status: not authorised \(code 135\)/m],
    ['3.1.1', /^kept edge\/v1\/site\/old\/status: it is still there: may this user write there\?/m],
  ] as const) {
    const config = join(folder, `visitor-${protocol}.yaml`);
    writeFileSync(config, `site: site\nmqtt: {broker: "${there}", username: visitor, protocol: "${protocol}"}\n`);
    const { end, stdout } = await clear({ config, device: 'old', yes: true });
    assert.is(end, 1);
    assert.match(stdout, reason);
  }
  assert.is((await retained(there)).includes('edge/v1/site/old/event/north'), false);
  await kill(strict);
});

test('no broker, a name that is none and a broker that is not there are told apart', async () => {
  const device = 'old';
  assert.match(
    `${(await clear({ device })).end}`,
    'mqtt.broker: expected the address of a broker, got off: name it with --broker',
  );
  assert.match(`${(await clear({ broker: 'mqtt://127.0.0.1:1', device: '+' })).end}`, 'device: expected');
  const gone = await edgeOptimizer(['mqtt', 'clear', '--broker', 'mqtt://127.0.0.1:1', '--device', 'old']);
  assert.is(gone.code, 1);
  assert.match(gone.stderr, 'nobody listens there');
});

test.run();
