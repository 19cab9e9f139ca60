import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { generateSigningKey, parsePrivateKey } from '../../src/telemetry/commands/keys.js';
import { readBundleArchive } from '../../src/update/bundle-archive.js';
import { readInstalled } from '../../src/update/installed-files.js';
import { makeBundle } from '../../src/update/make-bundle.js';
import { bundleTrust } from '../../src/update/signature.js';
import { TrialFile } from '../../src/update/trial.js';
import { watchTrial } from '../../src/update/trial-watch.js';
import { verifyBundle } from '../../src/update/verify.js';
import { InstalledVersions } from '../../src/update/versions.js';
import { endWithTests, temporaryFolder } from '../temporary.js';
import { PretendedService, pretended } from './pretended-service.js';

const { privatePem, publicText } = generateSigningKey();
const trust = bundleTrust([publicText]);
const folder = temporaryFolder('versions');

/** A bundle whose program says its version, with files enough that a kill has something to hit. */
async function bundle(version: string): Promise<string> {
  const staging = join(folder, `staging-${version}`);
  const files = Array.from({ length: 60 }, (_, i): [string, string] => [`lib/${i}.js`, `${version} `.repeat(200)]);
  files.push(['models/shipped.json', `of ${version}`], ['bin/edge-optimizer', `#!/bin/sh\necho ${version}\n`]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    writeFileSync(join(staging, path), text);
  }
  chmodSync(join(staging, 'bin/edge-optimizer'), 0o755);
  const archive = join(folder, `${version}.tar.gz`);
  const platform = `linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}` as const;
  const about = { version, platform, commit: null, node: '20.20.2', sqlite: false };
  await makeBundle(staging, archive, `edge-${version}`, about, parsePrivateKey(privatePem));
  return archive;
}

const archives = { one: await bundle('1.0.0'), two: await bundle('2.0.0'), three: await bundle('3.0.0') };

async function install(versions: InstalledVersions, archive: string): Promise<string> {
  const verified = await verifyBundle(readBundleArchive(archive), trust);
  const name = await versions.add(readBundleArchive(archive), verified, trust);
  await versions.switchTo(name);
  await versions.prune();
  return name;
}

const names = (versions: InstalledVersions) => readdirSync(join(versions.prefix, 'versions')).sort();

test('versions lie beside each other, the last two are kept, and a rollback goes to and fro', async () => {
  const versions = new InstalledVersions(join(folder, 'beside'));
  assert.is(versions.current, null);
  const one = await install(versions, archives.one);
  assert.is(versions.previous, null);
  const two = await install(versions, archives.two);
  assert.equal([versions.current, versions.previous], [two, one]);
  const three = await install(versions, archives.three);
  assert.equal(names(versions), [two, three].sort());
  assert.is(await versions.rollback(), two);
  assert.equal([versions.current, versions.previous], [two, three]);
  assert.is(await versions.rollback(), three);
  assert.is((await verifyBundle(readInstalled(versions.folderOf(three)), trust)).manifest.version, '3.0.0');
});

test('the first version has nothing to go back to', async () => {
  const versions = new InstalledVersions(join(folder, 'first'));
  await install(versions, archives.one);
  await install(versions, archives.one);
  await versions
    .rollback()
    .then(assert.unreachable, (error) => assert.match(error.message, 'no version to go back to'));
});

test('a version that is there but damaged is unpacked anew, the one that runs too', async () => {
  const versions = new InstalledVersions(join(folder, 'damaged'));
  const one = await install(versions, archives.one);
  const two = await install(versions, archives.two);
  const damage = (name: string) => writeFileSync(join(versions.folderOf(name), 'lib/3.js'), 'rotten');
  damage(one);
  await install(versions, archives.one);
  assert.match(readFileSync(join(versions.folderOf(one), 'lib/3.js'), 'utf8'), '1.0.0');
  assert.equal([versions.current, versions.previous], [one, two]);
  assert.is(versions.mended, null);
  damage(one);
  writeFileSync(join(versions.folderOf(one), 'data/kept.db'), 'kept');
  await install(versions, archives.one);
  assert.is(versions.mended, one);
  assert.match(readFileSync(join(versions.folderOf(one), 'lib/3.js'), 'utf8'), '1.0.0');
  assert.is(readFileSync(join(versions.folderOf(one), 'data/kept.db'), 'utf8'), 'kept');
  await versions.prune();
  assert.equal(readdirSync(join(versions.prefix, 'versions')).sort(), [one, two].sort());
});

test('what the program keeps and the models that were added outlive updates, and are no damage', async () => {
  const versions = new InstalledVersions(join(folder, 'kept'));
  const one = await install(versions, archives.one);
  const inside = (name: string, path: string) => join(versions.folderOf(name), path);
  writeFileSync(inside(one, 'data/history.db'), 'history');
  mkdirSync(inside(one, 'models/own'), { recursive: true });
  writeFileSync(inside(one, 'models/own/model.onnx'), 'own');
  assert.is(await install(versions, archives.one), one);
  await install(versions, archives.two);
  const three = await install(versions, archives.three);
  assert.is(readFileSync(inside(three, 'data/history.db'), 'utf8'), 'history');
  assert.is(readFileSync(inside(three, 'models/own/model.onnx'), 'utf8'), 'own');
  assert.is(readFileSync(inside(three, 'models/shipped.json'), 'utf8'), 'of 3.0.0');
  assert.not.ok(names(versions).includes(one));
});

test('a bundle that is exchanged between its check and its unpacking leaves nothing behind', async () => {
  const versions = new InstalledVersions(join(folder, 'exchanged'));
  const verified = await verifyBundle(readBundleArchive(archives.one), trust);
  const adding = versions.add(readBundleArchive(archives.two), verified, trust);
  await adding.then(assert.unreachable, (error) => assert.match(error.message, 'was changed while it was read'));
  assert.equal(names(versions), []);
});

test('killed at 50 moments of updates and their trials, there is always one whole version, and each trial ends as it should', async () => {
  const prefix = join(folder, 'killed');
  const versions = new InstalledVersions(prefix);
  await install(versions, archives.one);
  const began = performance.now();
  await install(versions, archives.two);
  // a process of its own takes longer, on a busy machine much: how far kills reach grows until some come after an update
  let reachMs = 2.5 * (performance.now() - began);
  const child = join(PROJECT_ROOT, 'dist/test/update/endless-updates.js');
  const all = Object.values(archives);
  const bad = '3.0.0';
  const isBad = (name: string) => name.startsWith(bad);
  const found = new Set<string>();
  for (let kill = 0; kill < 50; kill++) {
    // each begins with another version than the one before
    const order = all.map((_, i) => all[(i + kill) % all.length]!);
    const running = endWithTests(
      spawn(process.execPath, [child, prefix, publicText, bad, ...order], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    await once(running.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * reachMs));
    running.kill('SIGKILL');
    await once(running, 'exit');
    const { current } = versions;
    assert.ok(current, `no version after kill ${kill}`);
    assert.ok(await verifyBundle(readInstalled(versions.folderOf(current)), trust), current);
    found.add(await afterBoot(versions, isBad, kill % 2 === 0));
    if (found.size === 1 && kill % 5 === 4) reachMs *= 2;
  }
  assert.ok(found.size > 1, `some of the updates went through: ${[...found].join(' ')}`);
  const two = await install(versions, archives.two);
  assert.is(versions.current, two);
  assert.ok(names(versions).length <= 2, names(versions).join(' '));
});

/**
 * The machine starts again: the service does, and watches what was on trial.
 *
 * @param isWatched or else nobody does, and the guard is alone: with a version that does not start
 * @returns how the trial ended
 */
async function afterBoot(
  versions: InstalledVersions,
  isBad: (name: string) => boolean,
  isWatched: boolean,
): Promise<string> {
  const trials = new TrialFile(versions.prefix);
  const service = new PretendedService(versions, isBad);
  service.start();
  if (isWatched || !isBad(versions.current ?? '')) {
    await watchTrial(pretended(versions, service), new AbortController().signal);
  } else {
    for (let start = 1; start <= 5; start++) service.start();
  }
  const trial = trials.read();
  if (trial === null) return 'none';
  const { state, old } = trial;
  if (state === 'rolled-back') {
    assert.ok(isBad(trial.new), `${trial.new} was taken back: ${trial.reason}`);
    assert.equal([versions.current, isBad(trial.new), trials.isRefused(trial.digest)], [old, true, true]);
  } else if (state === 'confirmed') assert.equal([versions.current, isBad(trial.new)], [trial.new, false]);
  else assert.equal([state, versions.current], ['interrupted', old]);
  assert.ok(await verifyBundle(readInstalled(versions.folderOf(versions.current ?? '')), trust));
  assert.is(service.runs, versions.current);
  return state;
}

test.run();
