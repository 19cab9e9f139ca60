import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { confirmTrial, rollbackProgram, updateProgram } from '../../src/cli/update.js';
import { requireRoom } from '../../src/cli/update-download.js';
import { ProgramTrials } from '../../src/cli/update-trial.js';
import { generateSigningKey, parsePrivateKey } from '../../src/telemetry/commands/keys.js';
import { readBundleArchive } from '../../src/update/bundle-archive.js';
import { signedIndex } from '../../src/update/channel-index.js';
import { makeBundle } from '../../src/update/make-bundle.js';
import type { BUNDLE_PLATFORMS } from '../../src/update/manifest.js';
import { bundleTrust } from '../../src/update/signature.js';
import { TrialFile } from '../../src/update/trial.js';
import { lockUpdates } from '../../src/update/update-lock.js';
import { verifyBundle } from '../../src/update/verify.js';
import { InstalledVersions } from '../../src/update/versions.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { PretendedService } from '../update/pretended-service.js';

const { privatePem, publicText } = generateSigningKey();
const folder = temporaryFolder('update');
const own = process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64';
const key = join(folder, 'key.pub');
writeFileSync(key, `${publicText}\n`);
const config = join(folder, 'site.json');
writeFileSync(config, JSON.stringify({ cameras: [], store: { dir: folder }, update: { publicKeys: [publicText] } }));

/** A program that answers `--version` and refuses or takes whatever else it is asked. */
async function bundle(
  version: string,
  { says = version, takes = true, platform = own as (typeof BUNDLE_PLATFORMS)[number] } = {},
) {
  const staging = join(folder, `staging-${version}-${says}-${takes}-${platform}`);
  const command = join(staging, 'bin/edge-optimizer');
  mkdirSync(dirname(command), { recursive: true });
  const rest = takes ? 'exit 0' : 'echo "cameras: expected a list, got 5" >&2; exit 2';
  writeFileSync(command, `#!/bin/sh\n[ "$1" = --version ] && echo ${says} && exit\n${rest}\n`);
  chmodSync(command, 0o755);
  const archive = `${staging}.tar.gz`;
  if (existsSync(archive)) return archive;
  const about = { version, platform, commit: null, node: '20.20.2', sqlite: false } as const;
  await makeBundle(staging, archive, 'edge', about, parsePrivateKey(privatePem));
  return archive;
}

/** @returns the code, and what was printed */
async function printed(work: () => Promise<number>): Promise<{ code: number; text: string }> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = ((piece: string) => Boolean((text += piece))) as typeof write;
  try {
    return { code: await work(), text };
  } finally {
    process.stdout.write = write;
  }
}

async function refusal(work: () => Promise<number>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was done');
}

let prefixes = 0;
const fresh = () => join(folder, `prefix${++prefixes}`);

test('a first version is installed, a second one switched to, and a rollback goes back', async () => {
  const prefix = fresh();
  const versions = new InstalledVersions(prefix);
  const first = await printed(async () => updateProgram(await bundle('1.0.0'), { prefix, key: [key] }));
  assert.match(first.text, /1\.0\.0 for linux-\w+ \(signed by [0-9a-f]{16}\) is the current version/);
  const one = versions.current;
  // the key of the configuration
  await printed(async () => updateProgram(await bundle('1.1.0'), { prefix, config }));
  assert.match(versions.current ?? '', /^1\.1\.0-[0-9a-f]{8}$/);
  const back = await printed(() => rollbackProgram({ prefix }));
  assert.match(back.text, `${one} is the current version again`);
  assert.is(versions.current, one);
});

test('a version that does not start, or does not take the configuration, is not switched to', async () => {
  const prefix = fresh();
  await printed(async () => updateProgram(await bundle('1.0.0'), { prefix, key: [key] }));
  const { current } = new InstalledVersions(prefix);
  const other = await bundle('2.0.0', { says: '7.7.7' });
  assert.match(await refusal(() => updateProgram(other, { prefix, key: [key] })), 'it says 7.7.7, not 2.0.0');
  const strict = await bundle('2.0.1', { takes: false });
  assert.match(await refusal(() => updateProgram(strict, { prefix, config })), 'cameras: expected a list, got 5');
  assert.is(new InstalledVersions(prefix).current, current);
  // the next update clears away what was tried
  await printed(async () => updateProgram(await bundle('2.0.2'), { prefix, config }));
  assert.is(readdirSync(join(prefix, 'versions')).length, 2);
});

test('an older version needs a word, another platform is never taken, and a check changes nothing', async () => {
  const prefix = fresh();
  const foreign = await bundle('1.0.0', { platform: own === 'linux-x64' ? 'linux-arm64' : 'linux-x64' });
  assert.match(await refusal(() => updateProgram(foreign, { prefix, key: [key] })), `this machine is ${own}`);
  const newer = await bundle('2.0.0');
  const older = await bundle('1.9.0');
  const checked = await printed(() => updateProgram(newer, { prefix, key: [key], check: true }));
  assert.match(checked.text, 'is whole and may be installed here');
  assert.is(new InstalledVersions(prefix).current, null);
  await printed(() => updateProgram(newer, { prefix, key: [key] }));
  assert.match(await refusal(() => updateProgram(older, { prefix, key: [key] })), 'say --allow-older');
  const { code } = await printed(() => updateProgram(older, { prefix, key: [key], allowOlder: true }));
  assert.is(code, 0);
});

test('what is no bundle and what is no key are named', async () => {
  const prefix = fresh();
  assert.match(
    await refusal(() => updateProgram(join(folder, 'gone.tar.gz'), { prefix })),
    'gone.tar.gz, which is none',
  );
  const archive = await bundle('3.0.0');
  assert.match(await refusal(() => updateProgram(archive, { prefix, key: [archive] })), `--key: ${archive}: expected`);
  assert.match(await refusal(() => updateProgram(archive, { prefix })), 'no key is known here');
});

test('a bundle is fetched from a URL, and a transfer that broke goes on with the next call', async () => {
  const prefix = fresh();
  const content = readFileSync(await bundle('1.0.0'));
  const asked: (string | undefined)[] = [];
  const url = await served((request, response) => {
    asked.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { etag: '"1"', 'content-length': content.length - from, ...range });
    if (from > 0) response.end(content.subarray(from));
    else {
      response.write(content.subarray(0, 100));
      void eventually('the first bytes are on the disk', () => bytesIn(join(prefix, 'downloads')) === 100).then(() =>
        response.destroy(),
      );
    }
  });
  const { code } = await printed(() => updateProgram(`${url}/edge.tar.gz`, { prefix, key: [key] }));
  assert.is(code, 0);
  assert.equal(asked, [undefined, 'bytes=100-']);
  assert.match(new InstalledVersions(prefix).current ?? '', /^1\.0\.0-/);
  assert.not.ok(existsSync(join(prefix, 'downloads')));
});

test('without a bundle the channel of the configuration is asked, and what it has is fetched from beside its index', async () => {
  const prefix = fresh();
  await printed(async () => updateProgram(await bundle('1.0.0'), { prefix, key: [key] }));
  const archive = await bundle('1.1.0');
  const { digest } = await verifyBundle(readBundleArchive(archive), bundleTrust([publicText]));
  const offered = { version: '1.1.0', platform: own, file: 'edge-1.1.0.tar.gz', digest, rollout: 100 } as const;
  let index = signedIndex([offered], parsePrivateKey(privatePem));
  const url = await served(({ url }, response) => {
    if (url === '/stable/index.json') response.end(index);
    else if (url === '/stable/edge-1.1.0.tar.gz') response.end(readFileSync(archive));
    else response.writeHead(404).end();
  });
  const site = join(folder, 'channel.json');
  const channel = `${url}/stable/index.json`;
  const update = { publicKeys: [publicText], channel };
  writeFileSync(site, JSON.stringify({ cameras: [], store: { dir: folder }, update }));
  const flags = { prefix, config: site };
  const checked = await printed(() => updateProgram(undefined, { ...flags, check: true }));
  assert.is(checked.text, '1.1.0 may be installed, 1.0.0 is here\n');
  assert.is((await printed(() => updateProgram(undefined, flags))).code, 0);
  assert.match(new InstalledVersions(prefix).current ?? '', /^1\.1\.0-/);
  const again = await printed(() => updateProgram(undefined, flags));
  assert.is(again.text, '1.1.0 is what the channel has, and is here\n');
  index = signedIndex([{ ...offered, version: '1.2.0', digest: 'f'.repeat(64) }], parsePrivateKey(privatePem));
  assert.match(await refusal(() => updateProgram(undefined, flags)), 'another one than the index of the channel says');
  assert.match(
    await refusal(() => updateProgram(undefined, { prefix, config })),
    'or update.channel in the configuration',
  );
});

test('what comes from a URL and is not the signed bundle is thrown away', async () => {
  const prefix = fresh();
  const url = await served((_, response) => response.end('<html>log in</html>'));
  assert.match(await refusal(() => updateProgram(url, { prefix, key: [key] })), 'the bundle is damaged or cut off');
  assert.not.ok(existsSync(join(prefix, 'downloads')));
  assert.is(new InstalledVersions(prefix).current, null);
});

test('http without a signature, another scheme, and a server that says no are refused', async () => {
  const prefix = fresh();
  const plain = await refusal(() => updateProgram('http://127.0.0.1:9/x', { prefix, unsignedOk: true }));
  assert.match(plain, 'got http://127.0.0.1:9/x with --unsigned-ok: anybody on the way could exchange it');
  const ftp = await refusal(() => updateProgram('ftp://u:secret@host/x', { prefix, key: [key] }));
  assert.match(ftp, 'expected an https:// URL');
  assert.not.match(ftp, 'secret');
  const url = await served((_, response) => response.writeHead(404).end());
  assert.match(
    await refusal(() => updateProgram(url, { prefix, key: [key] })),
    'the server answered 404. Run it again to resume, set HTTPS_PROXY if this network needs a proxy, or download the file elsewhere and name the file to `edge-optimizer update`',
  );
});

test('room is looked for before anything is written', () => {
  const mebibyte = 2 ** 20;
  requireRoom(100 * mebibyte, 100 * mebibyte, '/opt');
  assert.throws(
    () => requireRoom(99.5 * mebibyte, 100 * mebibyte, '/opt'),
    /100 MiB are needed where \/opt is, 99 MiB are free/,
  );
});

/** Of the file that is fetched. */
function bytesIn(downloads: string): number {
  const [part] = readdirSync(downloads).filter((name) => name.endsWith('.part'));
  return part === undefined ? 0 : statSync(join(downloads, part)).size;
}

/** @returns the URL of a server that ends with the tests */
async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** With a service that runs what is current; `2.6.6` ends at once. */
function withService(): (versions: InstalledVersions) => ProgramTrials {
  let service: PretendedService | null = null;
  return (versions) => {
    service ??= new PretendedService(versions, (version) => version.startsWith('2.6.6'));
    service.start();
    return new ProgramTrials(versions, service, 2);
  };
}

test('with a service a good version is restarted, watched and confirmed', async () => {
  const prefix = fresh();
  const trialsOf = withService();
  const flags = { prefix, key: [key], watch: 20 };
  await printed(async () => updateProgram(await bundle('1.0.0'), flags, trialsOf));
  const { code, text } = await printed(async () => updateProgram(await bundle('2.0.0'), flags, trialsOf));
  assert.is(code, 0);
  assert.match(text, 'the service was restarted with it; it is watched for 0.02 s, and taken back if it does worse');
  assert.match(text, /2\.0\.0-\w{8} is confirmed: it runs and was not restarted/);
  assert.is(new TrialFile(prefix).read()?.state, 'confirmed');
});

test('a version that ends again and again is taken back by itself, with an exit code of its own', async () => {
  const prefix = fresh();
  const trialsOf = withService();
  const flags = { prefix, key: [key], watch: 20 };
  await printed(async () => updateProgram(await bundle('1.0.0'), flags, trialsOf));
  const versions = new InstalledVersions(prefix);
  const one = versions.current;
  const bad = await bundle('2.6.6');
  const { code, text } = await printed(() => updateProgram(bad, flags, trialsOf));
  assert.is(code, 3);
  assert.match(
    text,
    `was taken back, ${one} is the current version again: the program ended and had to be started again`,
  );
  assert.is(versions.current, one);
  const trial = new TrialFile(prefix).read();
  assert.equal([trial?.state, trial?.old], ['rolled-back', one]);
  assert.ok(new TrialFile(prefix).isRefused(trial?.digest ?? ''));
  assert.match(
    await refusal(() => rollbackProgram({ prefix }, trialsOf)),
    'which was taken back already (the program ended',
  );
  const asJson = await printed(() => updateProgram(bad, { ...flags, json: true }, trialsOf));
  assert.is(asJson.code, 3);
  assert.equal(JSON.parse(asJson.text).trial, {
    state: 'rolled-back',
    reason: 'the program ended and had to be started again',
  });
});

test('while a version is on trial no other is installed, until that is confirmed or taken back by hand', async () => {
  const prefix = fresh();
  const trialsOf = withService();
  const flags = { prefix, key: [key], watch: 20 };
  await printed(async () => updateProgram(await bundle('1.0.0'), flags, trialsOf));
  const versions = new InstalledVersions(prefix);
  const one = versions.current!;
  await printed(async () => updateProgram(await bundle('2.0.0'), { ...flags, watch: false }, trialsOf));
  const two = versions.current!;
  const trial = await trialsOf(versions).begin(two, one, 'd'.repeat(64), { watchMs: 60_000, config: undefined });
  const third = await bundle('3.0.0');
  assert.match(await refusal(() => updateProgram(third, flags, trialsOf)), `${two} is on trial since`);
  await printed(() => confirmTrial({ prefix }));
  assert.match(await refusal(() => confirmTrial({ prefix })), 'nothing is on trial');
  await new TrialFile(prefix).begin(trial);
  const { text } = await printed(() => rollbackProgram({ prefix }, trialsOf));
  assert.match(text, `${one} is the current version again; the service was restarted with it`);
  assert.is(new TrialFile(prefix).read()?.state, 'rolled-back');
});

test('a second update at the same time is told who is at work, and what a dead one left is taken over', async () => {
  const prefix = fresh();
  await printed(async () => updateProgram(await bundle('1.0.0'), { prefix, key: [key] }));
  const release = lockUpdates(prefix);
  const other = await bundle('1.1.0');
  assert.match(
    await refusal(() => updateProgram(other, { prefix, key: [key] })),
    `another update is at work: process ${process.pid}, since `,
  );
  assert.match(await refusal(() => rollbackProgram({ prefix })), 'another update is at work');
  release();
  for (const dead of [
    { pid: process.pid, startedTicks: '1', since: 0 },
    { pid: process.pid, boot: 'another', since: 0 },
    {},
  ]) {
    writeFileSync(join(prefix, 'update.lock'), JSON.stringify(dead));
    await printed(() => updateProgram(other, { prefix, key: [key] }));
  }
  assert.equal(
    readdirSync(prefix).filter((name) => name.startsWith('update.lock')),
    [],
  );
});

test.run();
