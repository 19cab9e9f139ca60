import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AnsweringFleet } from '../../../scripts/fleet/answering-fleet.js';
import type { DeviceTask } from '../../../src/collector/actions/fleet-action.js';
import { actionReply, auditReply, tasksReply } from '../../../src/collector/api/action-shapes.js';
import { generateSigningKey, parsePublicKey } from '../../../src/telemetry/commands/keys.js';
import { freePort } from '../../loopback.js';
import { has } from '../../optional.js';
import { kill, mosquitto } from '../../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, endWithTests, eventually, temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('killed-action');
const CHILD = fileURLToPath(new URL('./collecting-child.js', import.meta.url));
const endings = endingsOf(test);
const key = generateSigningKey();
const DEVICES = 200;
/** All clocks go so many times as fast: pauses of 15 s are less than one. */
const FACTOR = 20;
const EPOCH = Date.now();
const now = (): number => EPOCH + Math.round((Date.now() - EPOCH) * FACTOR);

async function broker(): Promise<string> {
  const port = await freePort();
  if (has('mosquitto')) {
    const child = await mosquitto(folder, port, ['allow_anonymous true', 'max_queued_messages 0']);
    endings.push(() => kill(child));
    return `mqtt://127.0.0.1:${port}`;
  }
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => aedes.handle(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  endings.push(async () => {
    aedes.close();
    server.close();
  });
  return `mqtt://127.0.0.1:${port}`;
}

async function collectorAt(url: string): Promise<{ child: ChildProcess; http: string }> {
  const args = [url, join(folder, 'fleet.sqlite'), String(EPOCH), String(FACTOR)];
  const env = { ...process.env, KEY: key.privatePem };
  const child = endWithTests(fork(CHILD, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  const [{ http }] = (await once(child, 'message')) as [{ http: string }];
  return { child, http };
}

test('200 devices in stages: the collector is killed midway, some are away, answers come late and twice, and each does it once', async () => {
  const url = await broker();
  const client = await connectAsync(url, { clientId: 'fleet' });
  endings.push(() => client.endAsync(true));
  const fleet = new AnsweringFleet({
    ...{ devices: DEVICES, seed: 7, key: parsePublicKey(key.publicText), away: 0.1, now },
    shares: { failing: 0.01, unwell: 0.01, late: 0.05, doubling: 0.2 },
    lateMs: 300,
    publish: (topic, payload, qos, retain) => void client.publish(topic, payload, { qos, retain }),
  });
  client.on('message', (topic, payload) => void fleet.take(topic, payload));
  let collector = await collectorAt(url);
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: 'Bearer a-token-of-ana-1', 'content-type': 'application/json' };
    const more = body && { method: 'POST', body: JSON.stringify(body) };
    const reply = await fetch(`${collector.http}${path}`, { headers, ...more });
    const text = await reply.text();
    assert.ok(reply.ok, text);
    return JSON.parse(text);
  };
  const stateNow = async () => actionReply.parse(await ask('/actions/large'));
  await client.subscribeAsync('edge/v1/+/+/cmd/+', { qos: 1 });
  fleet.come();
  const asked = {
    ...{ id: 'large', command: 'report', choose: { all: true }, stages: [1, '50%'] },
    ...{ watchS: 20, withinS: 6000, perSecond: 50, mostFailures: 0 },
  };
  const everybody = { ...asked, dryRun: true };
  for (let known = 0; known < DEVICES; known = (await ask('/actions', everybody)).devices.length)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await ask('/actions', asked);

  await eventually('half of them have it', () => fleet.counts().done > DEVICES / 4);
  collector.child.kill('SIGKILL');
  await once(collector.child, 'exit');
  collector = await collectorAt(url);

  let halts = 0;
  let isBack = false;
  for (;;) {
    const { state, stage, devices } = await stateNow();
    if (state === 'ended') break;
    if (state === 'halted') {
      halts++;
      await ask('/actions/large/resume', {});
    }
    if (!isBack && stage === 2 && devices.waiting < DEVICES / 5) {
      isBack = true;
      fleet.comeBack();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(isBack);
  const tempers = new Map(fleet.devices.map(({ name, temper }) => [name, temper]));
  const expected = {
    fine: 'done',
    late: 'done',
    doubling: 'done',
    failing: 'failed',
    unwell: 'unwell',
    silent: 'unanswered',
  };
  const tasks: Pick<DeviceTask, 'site' | 'device' | 'state' | 'reason'>[] = tasksReply.parse(
    await ask('/actions/large/devices?limit=1000'),
  ).devices;
  const wrong = tasks.filter(({ site, device, state }) => state !== expected[tempers.get(`${site}/${device}`)!]);
  assert.equal(wrong, []);
  const counts = fleet.counts();
  assert.equal([counts.done, counts.twice], [DEVICES, 0]);
  const failures = [...tempers.values()].filter((temper) => temper === 'failing' || temper === 'unwell').length;
  assert.ok(halts >= 1 && halts <= failures, `${halts} halts for ${failures} failures`);
  const { broken, entries } = auditReply.parse(await ask('/audit'));
  assert.is(broken, null);
  assert.is(entries.filter(({ what }) => what === 'halted').length, halts);
  assert.ok(entries.some(({ what }) => what === 'stage'));
  collector.child.send('stop');
  await once(collector.child, 'exit');
});

test.run();
