import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { carryOutUpdate } from '../../../src/cli/requested-update.js';
import { updateProgram } from '../../../src/cli/update.js';
import { ProgramTrials } from '../../../src/cli/update-trial.js';
import { silentLog } from '../../../src/foundation/log.js';
import { DeviceUpdateOrder } from '../../../src/runtime/updates/device-update-order.js';
import { Commands } from '../../../src/telemetry/commands/commands.js';
import { sealCommand } from '../../../src/telemetry/commands/envelope.js';
import { publicKeyText, type SigningKey } from '../../../src/telemetry/commands/keys.js';
import type { CommandResult } from '../../../src/telemetry/mqtt/messages/command.js';
import { readBundleArchive } from '../../../src/update/bundle-archive.js';
import { makeBundle } from '../../../src/update/make-bundle.js';
import { bundleTrust } from '../../../src/update/signature.js';
import { verifyBundle } from '../../../src/update/verify.js';
import { InstalledVersions } from '../../../src/update/versions.js';
import { commandTo, newKey, SCOPE, signedMessage } from '../../telemetry/commands/signing.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { PretendedService } from '../../update/pretended-service.js';

const folder = temporaryFolder('device-update-order');
const own = process.arch === 'arm64' ? ('linux-arm64' as const) : ('linux-x64' as const);
const release = newKey();
const fleet = newKey();
const served = new Map<string, Buffer>();
const server = createServer((request, response) => {
  const content = served.get(request.url ?? '');
  response.writeHead(content === undefined ? 404 : 200, { etag: '"1"' }).end(content);
});
test.before(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
test.after(() => {
  server.closeAllConnections();
  server.close();
});
// nobody reads what the unit prints
const { write } = process.stdout;
test.before.each(() => {
  process.stdout.write = () => true;
});
test.after.each(() => {
  process.stdout.write = write;
});

/** A bundle of a program that only says its version, on the server. */
async function offered(version: string) {
  const staging = join(folder, `staging-${version}`);
  const archive = `${staging}.tar.gz`;
  if (!existsSync(archive)) {
    const command = join(staging, 'bin/edge-optimizer');
    mkdirSync(dirname(command), { recursive: true });
    writeFileSync(command, `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit\nexit 0\n`);
    chmodSync(command, 0o755);
    const about = { version, platform: own, commit: null, node: '20.20.2', sqlite: false };
    await makeBundle(staging, archive, 'edge', about, release);
    served.set(`/${version}`, readFileSync(archive));
  }
  const { digest } = await verifyBundle(readBundleArchive(archive), bundleTrust([publicKeyText(release.key)]));
  const { port } = server.address() as AddressInfo;
  return { archive, body: { version, url: `http://127.0.0.1:${port}/${version}`, digest, watchS: 20 } };
}

let made = 0;
/** A machine with 1.0.0, and what the unit does there. @param isBad which versions end again at once */
async function machine(isBad: (version: string) => boolean = () => false) {
  const place = join(folder, `machine${++made}`);
  const prefix = join(place, 'opt');
  const requested = join(place, 'update-request');
  const pathUnit = join(place, 'edge-optimizer-update.path');
  mkdirSync(place);
  writeFileSync(pathUnit, `[Path]\nPathExists=${requested}\n`);
  const config = join(place, 'site.json');
  const keys = {
    update: { publicKeys: [publicKeyText(release.key)] },
    commands: { publicKeys: [publicKeyText(fleet.key)] },
  };
  writeFileSync(config, JSON.stringify({ ...SCOPE, cameras: [], store: { dir: place }, ...keys }));
  await updateProgram((await offered('1.0.0')).archive, { prefix, config });
  const versions = new InstalledVersions(prefix);
  const service = new PretendedService(versions, isBad);
  service.start();
  const answers: CommandResult[] = [];
  const commands = new Commands({ scope: SCOPE, keys: [fleet] });
  const part = new DeviceUpdateOrder({
    commands: { receiver: commands },
    publisher: { answer: (result) => void answers.push(result) },
    log: silentLog,
    home: versions.folderOf(versions.current!),
    pathUnit,
  });
  for (const command of part.commands) commands.declare(command);
  await part.start();
  // what was signed in the very ms of the start may be older than it
  const times = () => ({ issuedAt: Date.now() + 1000, expiresAt: Date.now() + 60_000 });
  return {
    versions,
    requested,
    answers,
    part,
    service,
    send: (body: object, id: string, key: SigningKey = fleet) =>
      commands.receive(signedMessage(key, commandTo('update', { ...body }, { id, ...times() }))),
    ask: (body: object, id: string, key: SigningKey = fleet) =>
      writeFileSync(requested, JSON.stringify(sealCommand(commandTo('update', { ...body }, { id, ...times() }), key))),
    /** @returns why it was refused; null where it was done */
    carryOut: async (): Promise<string | null> => {
      // the watch over a version takes milliseconds
      const trialsOf = () => new ProgramTrials(versions, service, 2);
      return carryOutUpdate({ requested, config, prefix, json: true }, { trialsOf, now: Date.now, watchMs: 100 }).then(
        () => null,
        (error: Error) => error.message,
      );
    },
  };
}

test('a commanded update is accepted, installed by root, and told as done once its trial is over', async () => {
  const it = await machine();
  const { body } = await offered('1.1.0');
  const accepted = await it.send(body, 'up');
  assert.equal([accepted?.ok, accepted?.result?.['state'], existsSync(it.requested)], [true, 'accepted', true]);
  assert.match((await it.send(body, 'twice'))!.error!, 'an update was asked for already');
  assert.is(await it.carryOut(), null);
  assert.match(it.versions.current!, /^1\.1\.0-/);
  await eventually('it is told', () => it.answers.length === 1);
  assert.equal([it.answers[0]!.id, it.answers[0]!.result!['state']], ['up', 'done']);
  assert.is(existsSync(it.requested), false);
  const again = await it.send(body, 'up');
  assert.equal([again?.repeated, again?.result?.['state']], [true, 'done']);
  assert.is((await it.send(body, 'there'))?.result?.['state'], 'done');
  it.part.stop();
});

test('one that does worse is taken back by itself, told as failed, and not taken again', async () => {
  const it = await machine((version) => version.startsWith('1.2.0'));
  const { body } = await offered('1.2.0');
  await it.send(body, 'bad');
  assert.match((await it.carryOut())!, /1\.2\.0-\w+ was taken back, 1\.0\.0-\w+ is the current version again/);
  await eventually('it is told', () => it.answers.length === 1);
  assert.equal([it.answers[0]!.ok, it.versions.current?.slice(0, 5)], [false, '1.0.0']);
  assert.match(it.answers[0]!.error!, 'was taken back');
  assert.match((await it.send(body, 'once-more'))!.error!, 'was taken back here before');
  it.part.stop();
});

test('root obeys no other key, no other bundle, nothing twice and nothing without its signature', async () => {
  const it = await machine();
  const { body } = await offered('1.1.0');
  const stranger = newKey();
  assert.is((await it.send(body, 'x', stranger))?.refused, 'unknown-key');
  it.ask(body, 'x', stranger);
  assert.match((await it.carryOut())!, 'unknown-key');
  it.ask({ ...body, digest: 'f'.repeat(64) }, 'y');
  assert.match((await it.carryOut())!, 'the bundle is another one');
  writeFileSync(it.requested, '{}');
  assert.match((await it.carryOut())!, 'unsigned: update must be signed');
  for (const wrong of [
    { ...body, url: 'file:///etc/passwd' },
    { ...body, url: 'https://a:b@example/x' },
    { ...body, to: 1 },
  ])
    assert.is((await it.send(wrong, `z${JSON.stringify(wrong).length}`))?.refused, 'invalid');
  assert.match(it.versions.current!, /^1\.0\.0-/);
  it.ask(body, 'once');
  const text = readFileSync(it.requested);
  assert.is(await it.carryOut(), null);
  writeFileSync(it.requested, text);
  assert.match((await it.carryOut())!, 'replayed: ');
  it.part.stop();
});

test.run();
