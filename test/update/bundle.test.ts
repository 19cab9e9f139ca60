import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BundleError } from '../../src/foundation/errors.js';
import { tarHead } from '../../src/store/tar.js';
import { generateSigningKey, parsePrivateKey } from '../../src/telemetry/commands/keys.js';
import { readBundleArchive } from '../../src/update/bundle-archive.js';
import { readBundleFolder } from '../../src/update/bundle-folder.js';
import { makeBundle } from '../../src/update/make-bundle.js';
import { bundleTrust } from '../../src/update/signature.js';
import { verifyBundle } from '../../src/update/verify.js';
import { temporaryFolder } from '../temporary.js';

const { privatePem, publicText, id } = generateSigningKey();
const key = parsePrivateKey(privatePem);
const trust = bundleTrust([publicText]);
const about = { version: '1.2.3', platform: 'linux-x64', commit: 'abc', node: '20.20.2', sqlite: true } as const;
const LONG = `node_modules/${'long-name/'.repeat(12)}index.js`;
const folder = temporaryFolder('bundle');

interface Made {
  readonly staging: string;
  readonly archive: string;
}

let made = 0;
/** A small bundle: the Node that runs this would be most of it. */
async function bundle(signer: typeof key | null = key): Promise<Made> {
  const staging = join(folder, `staging${++made}`);
  write(join(staging, 'bin/node'), Buffer.alloc(200_000, 'n'));
  chmodSync(join(staging, 'bin/node'), 0o755);
  write(join(staging, 'dist/src/main.js'), 'console.log(1)\n');
  write(join(staging, LONG), 'export {}\n');
  write(join(staging, 'empty'), '');
  const archive = join(folder, `bundle${made}.tar.gz`);
  await makeBundle(staging, archive, 'edge-1.2.3', about, signer);
  return { staging, archive };
}

function write(file: string, text: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** The archive with some of its bytes changed. */
function altered(archive: string, change: (tar: Buffer) => Buffer): string {
  const file = join(folder, `altered${++made}.tar.gz`);
  writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(archive)))));
  return file;
}

/** One byte of a text in it is another. */
const flipped = (text: string) => (tar: Buffer) => {
  const at = tar.indexOf(text);
  assert.ok(at >= 0, text);
  tar[at + 3]! ^= 1;
  return tar;
};

/** With one more entry before its end. */
const withEntry =
  (path: string, data: Buffer, type = '0') =>
  (tar: Buffer) => {
    const head = tarHead(path, data.length, 0, 0o644);
    head.write(type, 156);
    head.fill(' ', 148, 156);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const padded = Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
    return Buffer.concat([tar.subarray(0, -1024), head, padded, Buffer.alloc(1024)]);
  };

async function refusal(archive: string, trusting = trust): Promise<string> {
  try {
    await verifyBundle(readBundleArchive(archive), trusting);
  } catch (error) {
    assert.instance(error, BundleError, String(error));
    return (error as BundleError).message;
  }
  throw new Error('it was taken');
}

test('a bundle that is as it was made is taken, from its archive and unpacked by tar', async () => {
  const { archive } = await bundle();
  const verified = await verifyBundle(readBundleArchive(archive), trust);
  assert.is(verified.signer, id);
  assert.is(verified.manifest.version, '1.2.3');
  assert.equal(
    verified.manifest.files.map(({ path, bytes, executable }) => [path, bytes, executable]),
    [
      ['bin/node', 200_000, true],
      ['dist/src/main.js', 15, false],
      ['empty', 0, false],
      [LONG, 10, false],
    ],
  );
  const unpacked = temporaryFolder('unpacked');
  assert.is(spawnSync('tar', ['-xzf', archive, '-C', unpacked]).status, 0);
  const fromFolder = await verifyBundle(readBundleFolder(join(unpacked, 'edge-1.2.3')), trust);
  assert.is(fromFolder.digest, verified.digest);
});

test('a bundle that was unpacked where there are no modes is whole, and gets those of its manifest', async () => {
  const { archive } = await bundle();
  const stick = temporaryFolder('stick');
  assert.is(spawnSync('tar', ['-xzf', archive, '-C', stick]).status, 0);
  assert.is(spawnSync('chmod', ['-R', '777', stick]).status, 0);
  const written = new Map<string, boolean>();
  await verifyBundle(readBundleFolder(join(stick, 'edge-1.2.3')), trust, {
    begin: async () => undefined,
    write: async ({ path, executable }, content) => {
      for await (const _piece of content);
      written.set(path, executable);
    },
  });
  assert.equal([written.get('bin/node'), written.get('dist/src/main.js')], [true, false]);
});

test('the same files make the same bytes', async () => {
  const [one, other] = [await bundle(), await bundle()];
  assert.ok(readFileSync(one.archive).equals(readFileSync(other.archive)));
});

test('a changed byte is found in a file, the manifest and the signature', async () => {
  const { staging, archive } = await bundle();
  assert.match(
    await refusal(altered(archive, flipped('console.log'))),
    'dist/src/main.js of the bundle is not what its manifest says (another sha256)',
  );
  assert.match(
    await refusal(altered(archive, flipped('"version": "1.2.3"'))),
    'is not signed by a key that is trusted here',
  );
  const signature = readFileSync(join(staging, 'manifest.sig'), 'latin1');
  assert.match(await refusal(altered(archive, flipped(signature))), 'is not signed by a key that is trusted here');
});

test('what is too much or missing is found', async () => {
  const { staging, archive } = await bundle();
  const more = withEntry('edge-1.2.3/dist/src/more.js', Buffer.from('more'));
  assert.match(await refusal(altered(archive, more)), '"dist/src/more.js", which its manifest does not name');
  const twice = withEntry('edge-1.2.3/empty', Buffer.alloc(0));
  assert.match(await refusal(altered(archive, twice)), '"empty", which its manifest does not name or has named before');
  const without = join(folder, 'without.tar.gz');
  const { packBundle } = await import('../../src/update/bundle-archive.js');
  const size = (path: string) => readFileSync(join(staging, path)).length;
  const some = ['manifest.json', 'manifest.sig', 'empty'];
  await packBundle(
    staging,
    some.map((path) => ({ path, bytes: size(path), executable: false })),
    without,
    'edge-1.2.3',
  );
  assert.match(await refusal(without), 'the bundle lacks bin/node, which its manifest names');
});

test('nothing leaves the folder: paths upwards, absolute ones, links and devices are refused', async () => {
  const { archive } = await bundle();
  const evil = Buffer.from('evil');
  assert.match(await refusal(altered(archive, withEntry('edge-1.2.3/../../etc/passwd', evil))), '"../../etc/passwd"');
  assert.match(
    await refusal(altered(archive, withEntry('/etc/passwd', evil))),
    'holds /etc/passwd, which is not in its folder',
  );
  for (const type of ['1', '2', '3', '5']) {
    const link = withEntry('edge-1.2.3/out', Buffer.alloc(0), type);
    assert.match(await refusal(altered(archive, link)), 'edge-1.2.3/out, which is no plain file');
  }
});

test('a signed manifest cannot name a place outside either', async () => {
  const { parseBundleManifest } = await import('../../src/update/manifest.js');
  const named = (path: string) => {
    const file = { path, bytes: 0, sha256: '0'.repeat(64), executable: false };
    return Buffer.from(JSON.stringify({ format: 1, name: 'edge-inference-optimizer', ...about, files: [file] }));
  };
  for (const path of ['../x', '/x', 'a//b', 'a/./b', 'a\\b', 'a\nb', '', 'manifest.sig']) {
    assert.throws(() => parseBundleManifest(named(path)), /files\.0\.path: expected a relative path/, path);
  }
  assert.is(parseBundleManifest(named('a/b')).files.length, 1);
});

test('an unpacked bundle with a link in it is refused', async () => {
  const { staging } = await bundle();
  symlinkSync('/etc/passwd', join(staging, 'link'));
  try {
    await verifyBundle(readBundleFolder(staging), trust);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'the bundle holds link, which is no plain file');
  }
});

test('a bundle that is cut off anywhere is refused', async () => {
  const { archive } = await bundle();
  const whole = readFileSync(archive);
  const cut = join(folder, 'cut.tar.gz');
  for (const bytes of [0, 1, 10, 100, Math.floor(whole.length / 2), whole.length - 9, whole.length - 1]) {
    writeFileSync(cut, whole.subarray(0, bytes));
    assert.ok((await refusal(cut)).length > 0, `${bytes} bytes`);
  }
  const blocks = altered(archive, (tar) => tar.subarray(0, tar.length - 1024));
  assert.match(await refusal(blocks), 'the bundle is cut off: copy it again');
  copyFileSync(archive, cut);
  assert.is((await verifyBundle(readBundleArchive(cut), trust)).signer, id);
});

test('what nobody signed is refused unless that is said to be fine, and another key is never fine where one is known', async () => {
  const { archive } = await bundle(null);
  assert.match(await refusal(archive), 'the bundle is not signed');
  const anybody = bundleTrust([], true);
  assert.is((await verifyBundle(readBundleArchive(archive), anybody)).signer, null);
  const signed = await bundle();
  const other = generateSigningKey().publicText;
  assert.match(
    await refusal(signed.archive, bundleTrust([other], true)),
    'is not signed by a key that is trusted here',
  );
  assert.match(await refusal(signed.archive, bundleTrust([])), 'no key is known here to check that');
});

test('openssl agrees with the signature', async () => {
  if (spawnSync('openssl', ['version']).status !== 0) return;
  const { staging } = await bundle();
  const pem = join(folder, 'key.pem');
  writeFileSync(pem, privatePem);
  writeFileSync(join(folder, 'raw.sig'), Buffer.from(readFileSync(join(staging, 'manifest.sig'), 'latin1'), 'base64'));
  const args = ['pkeyutl', '-verify', '-inkey', pem, '-rawin', '-in', join(staging, 'manifest.json')];
  const { status, stdout } = spawnSync('openssl', [...args, '-sigfile', join(folder, 'raw.sig')], { encoding: 'utf8' });
  assert.is(status, 0, stdout);
});

test.run();
