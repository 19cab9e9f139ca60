import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from '../../src/foundation/validate.js';
import type { Commands } from '../../src/telemetry/commands/commands.js';
import { parsePrivateKey, parsePublicKey } from '../../src/telemetry/commands/keys.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import type { Publisher } from '../../src/telemetry/mqtt/publisher.js';
import { rollbackCommand } from '../../src/update/rollback-request.js';
import { listener, pingable, publisherAt } from '../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { edgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const folder = temporaryFolder('command');
const keyFile = join(folder, 'fleet.pem');
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);

const broker = new EmbeddedBroker(0);
let url = '';
let commands: Commands;
let publisher: Publisher;
let made: Awaited<ReturnType<typeof edgeOptimizer>>;
let calls = 0;

test.before(async () => {
  url = await broker.start();
  made = await edgeOptimizer(['command', 'keygen', '--out', keyFile]);
  commands = pingable({ keys: [parsePublicKey(publicKey())] });
  const payload = z.strictObject({ camera: z.string(), width: z.int().optional() });
  const handle = (body: unknown) => {
    calls++;
    const { camera } = body as z.infer<typeof payload>;
    if (camera === 'south') throw new Error('no picture yet');
    if (camera === 'west') throw new Error('gone\u001b[2J\r\nwest: done\u202e');
    return { camera, jpeg: JPEG.toString('base64') };
  };
  commands.declare({ name: 'snapshot', access: 'signed', help: '', payload, handle });
  publisher = publisherAt(url, {}, { commands });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
});
test.after(async () => {
  await publisher.stop();
  await broker.stop();
});

const publicKey = (): string => /^ {4}- (ed25519:\S+)$/m.exec(made.stdout)![1]!;

const send = (...args: string[]) => edgeOptimizerHere(['command', 'send', ...args, '--broker', url, '--site', 'site1']);
const sendToDev1 = (...args: string[]) => send(...args, '--device', 'dev1');

test('keygen writes a private key for its owner only, prints the public line, and overwrites nothing', async () => {
  assert.is(made.code, 0);
  assert.is(statSync(keyFile).mode & 0o777, 0o600);
  const pem = readFileSync(keyFile, 'utf8');
  const { id } = parsePrivateKey(pem);
  assert.is(parsePublicKey(publicKey()).id, id);
  assert.match(made.stdout, new RegExp(`^private key ${id} is in ${keyFile}`));
  const publicFile = keyFile.replace(/\.pem$/, '.pub');
  assert.is(readFileSync(publicFile, 'utf8'), `${publicKey()}\n`);
  assert.match(made.stdout, new RegExp(`its public half is in ${publicFile}, `));
  assert.not.match(made.stdout, pem.split('\n')[1]!);
  const again = await edgeOptimizer(['command', 'keygen', '--out', keyFile]);
  assert.is(again.code, 2);
  assert.match(again.stderr, /--out: expected a file that is not there yet, got /);
  assert.is(readFileSync(keyFile, 'utf8'), pem);
  const beside = join(folder, 'other.pem');
  writeFileSync(join(folder, 'other.pub'), 'of somebody');
  assert.is((await edgeOptimizerHere(['command', 'keygen', '--out', beside])).code, 2);
  assert.is(existsSync(beside), false);
});

test('a command that is only accepted says how its outcome is asked for, and the same id gives that', async () => {
  const to = '1.0.0-aaaaaaaa';
  commands.declare(rollbackCommand(() => ({ state: 'accepted', from: '1.1.0-bbbbbbbb', to })));
  const roll = () => sendToDev1('rollback', '--key', keyFile, '--id', 'back');
  assert.is(
    (await roll()).stdout,
    `dev1: accepted: from 1.1.0-bbbbbbbb, to ${to}; its outcome is asked for by the same command with --id back\n`,
  );
  const by = parsePublicKey(publicKey()).id;
  commands.conclude(by, 'back', { result: { state: 'done', to } });
  assert.is((await roll()).stdout, `dev1: done (done before, under this id): to ${to}\n`);
  commands.conclude(by, 'back', { error: 'there is no version to go back to' });
  const failed = await roll();
  assert.equal([failed.code, failed.stdout], [1, 'dev1: failed: there is no version to go back to\n']);
  assert.is(commands.conclude(by, 'forth', { error: 'nobody asked' }), null);
});

test('a signed command is sent, and its picture put into a file', async () => {
  const out = join(folder, 'north.jpg');
  const sent = await sendToDev1('snapshot', 'camera=north', 'width=320', '--key', keyFile, '--out', out);
  assert.equal([sent.code, sent.stderr], [0, '']);
  assert.is(sent.stdout, `dev1: done: camera north, jpeg ${out}\n`);
  assert.equal(readFileSync(out), JPEG);
});

test('the same id again gives the stored result without doing it again', async () => {
  const before = calls;
  const args = ['snapshot', '--body', '{"camera":"north"}', '--key', keyFile, '--id', '7', '--json'];
  const [first, second] = [await sendToDev1(...args), await sendToDev1(...args)];
  const [one, two] = [JSON.parse(first.stdout), JSON.parse(second.stdout)];
  assert.equal([one.id, one.ok, one.repeated, two.repeated], [7, true, undefined, true]);
  assert.equal(one.result, two.result);
  assert.is(calls - before, 1);
});

test('what fails ends with 1, what is refused for good with 2, and the reason is printed', async () => {
  const failed = await sendToDev1('snapshot', 'camera=south', '--key', keyFile);
  assert.equal([failed.code, failed.stdout], [1, 'dev1: failed: no picture yet\n']);
  const unsigned = await sendToDev1('snapshot', 'camera=north');
  assert.equal(
    [unsigned.code, unsigned.stdout],
    [2, 'dev1: refused (unsigned): snapshot must be signed with a key of commands.publicKeys\n'],
  );
  const invalid = await sendToDev1('snapshot', 'camara=north', '--key', keyFile);
  assert.is(invalid.code, 2);
  assert.match(invalid.stdout, /^dev1: refused \(invalid\): camera: .*; Unrecognized key: "camara"\n$/);
});

test('what a device answers cannot steer the terminal', async () => {
  const failed = await sendToDev1('snapshot', 'camera=west', '--key', keyFile);
  assert.equal([failed.code, failed.stdout], [1, 'dev1: failed: gone [2J west: done \n']);
});

test('a number that JSON cannot carry goes as it was written, not as null', async () => {
  const outside = await listener(url);
  await sendToDev1('snapshot', 'camera=1e400', '--key', keyFile);
  const { json } = outside.of('edge/v1/site1/dev1/cmd/snapshot')[0]!;
  assert.equal(JSON.parse(json.command).body, { camera: '1e400' });
  await outside.end();
});

test('an open command needs no key, and a device that does not answer is told with what its status says', async () => {
  const pong = await sendToDev1('ping');
  assert.equal([pong.code, pong.stdout], [0, 'dev1: done: version 0.1.0\n']);
  const silent = await send('ping', '--device', 'gone', '--timeout', '0.2');
  assert.is(silent.code, 1);
  assert.match(silent.stderr, /no answer from site1\/gone within 0.2 s: the broker keeps no status of it/);
});

test('every device of a site is asked at once', async () => {
  const other = publisherAt(url, {}, { scope: { site: 'site1', device: 'dev2', tenant: null } });
  other.start();
  await eventually('connected', () => other.state().phase === 'connected');
  const out = join(folder, 'all.jpg');
  const args = ['--all-devices', '--key', keyFile, '--timeout', '0.5', '--out', out, '--json'];
  const sent = await send('snapshot', 'camera=north', ...args);
  assert.is(sent.code, 0);
  const answers = sent.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(
    answers.map(({ device, ok }) => [device, ok]),
    [['dev1', true]],
    'dev2 knows no key and hears nothing of the site',
  );
  assert.is(answers[0].result.jpeg, join(folder, 'all.dev1.jpg'));
  assert.equal([existsSync(out), readFileSync(join(folder, 'all.dev1.jpg'))], [false, JPEG]);
  await other.stop();
});

test('what a stranger needs to know of a signature holds for what is sent', async () => {
  const outside = await listener(url);
  await sendToDev1('snapshot', 'camera=north', '--key', keyFile);
  const { json } = outside.of('edge/v1/site1/dev1/cmd/snapshot')[0]!;
  assert.equal(Object.keys(json), ['command', 'key', 'signature']);
  const key = createPublicKey(readFileSync(keyFile));
  const signed = Buffer.from(`edge-command/v1\n${json.command}`);
  assert.ok(verify(null, signed, key, Buffer.from(json.signature, 'base64')));
  await outside.end();
});

test('keys and bodies that cannot be used are named, and nothing of a private key is printed', async () => {
  const notKey = join(folder, 'not-a-key');
  writeFileSync(notKey, 'swordfish-swordfish');
  const wrong = await sendToDev1('snapshot', '--key', notKey);
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, /--key: expected the PEM of an Ed25519 private key/);
  assert.not.match(wrong.stderr, /swordfish/);
  const missing = await sendToDev1('snapshot', '--key', join(folder, 'nowhere'));
  assert.equal([missing.code, existsSync(join(folder, 'nowhere'))], [2, false]);
  const body = await sendToDev1('snapshot', 'camera', '--key', keyFile);
  assert.equal([body.code, /body: expected NAME=VALUE or a JSON object, got camera/.test(body.stderr)], [2, true]);
});

test.run();
