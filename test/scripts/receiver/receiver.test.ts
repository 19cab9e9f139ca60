import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { endWithTests, temporaryFolder } from '../../temporary.js';

const SCRIPT = join(PROJECT_ROOT, 'dist/scripts/receiver.js');
const EVENT = 'edge/v1/a/b/event/north';

const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

/** Runs a receiver while messages are sent, and ends it. */
async function received(options: string[], messages: readonly (readonly [string, object])[]) {
  const child = endWithTests(spawn(process.execPath, [SCRIPT, '--broker', url, '--print', ...options]));
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const sender = await connectAsync(url);
  // until it hears
  const hello = setInterval(() => sender.publish('edge/v1/a/b/status', '{"online":true}'), 20);
  while (!output.includes('status')) await new Promise((resolve) => setTimeout(resolve, 10));
  clearInterval(hello);
  for (const [topic, body] of messages) await sender.publishAsync(topic, JSON.stringify(body), { qos: 1 });
  sender.publish('edge/v1/a/b/status', '{"done":true}', { qos: 1 });
  while (!output.includes('done')) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  sender.end(true);
  return { code, output };
}

const event = (n: number) => [EVENT, { stream: 's', n }] as const;
const delivery = (n: number, low: number) =>
  ['edge/v1/a/b/report/delivery', { stream: 's', n, streams: [{ stream: 's', low, next: low }], dropped: [] }] as const;

test('a whole stream ends well, doubles are not printed, and what was heard is known after a restart', async () => {
  const state = join(temporaryFolder('receiver'), 'state');
  const first = await received(['--state', state], [event(1), event(2), event(2)]);
  assert.is(first.code, 0);
  assert.is(first.output.match(/"n":2/g)!.length, 1);
  assert.match(first.output, 'a/b s: complete, 2 received from number 1 on, 1 doubles dropped');
  assert.match(first.output, 'its end cannot be proved');
  const second = await received(['--state', state, '--json'], [event(2), event(3), delivery(4, 4)]);
  assert.is(second.code, 0);
  const { sound, streams } = JSON.parse(second.output.trim().split('\n').at(-1)!);
  assert.equal([sound, streams[0].received, streams[0].doubles, streams[0].low], [true, 4, 1, 4]);
});

test('a missing number is named, and the exit code says so', async () => {
  const { code, output } = await received([], [event(1), event(3), delivery(4, 4)]);
  assert.is(code, 1);
  assert.match(output, 'a/b s: NOT COMPLETE');
  assert.match(output, 'missing: 1, among 2');
});

test('that nothing numbered came is no proof', async () => {
  const { code, output } = await received([], [['edge/v1/a/b/metrics', { values: {} }]]);
  assert.is(code, 1);
  assert.match(output, 'no numbered message came');
});

test('reports that the broker kept from before are no beginning', async () => {
  const sender = await connectAsync(url);
  const [topic, body] = delivery(20, 20);
  await sender.publishAsync(topic, JSON.stringify(body), { qos: 1, retain: true });
  const state = join(temporaryFolder('receiver-retained'), 'state');
  const first = await received(['--state', state], [event(148), event(149), delivery(150, 150)]);
  assert.match(first.output, 'a/b s: complete, 3 received from number 148 on');
  const second = await received(['--state', state], [event(151)]);
  assert.match(second.output, 'a/b s: complete, 4 received from number 148 on');
  assert.equal([first.code, second.code], [0, 0]);
  await sender.publishAsync(topic, '', { qos: 1, retain: true });
  sender.end(true);
});

test('without a broker, and with a wrong option, it says what to do and ends with 2', () => {
  const run = (...options: string[]) =>
    spawnSync(process.execPath, [SCRIPT, ...options], { encoding: 'utf8', timeout: 20_000 });
  const nobody = run('--broker', 'mqtt://127.0.0.1:1');
  assert.equal([nobody.status, nobody.stderr.includes('no broker at mqtt://127.0.0.1:1')], [2, true]);
  assert.match(run().stderr, '--broker is missing');
  assert.match(run('--borker', 'x').stderr, "Unknown option '--borker'");
  assert.match(run('--broker', url, '--seconds', '-1').stderr, '--seconds');
  assert.is(run('--help').status, 0);
});

test.run();
