import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { where } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const script = (name: string) => import(pathToFileURL(join(PROJECT_ROOT, 'scripts/bundle', name)).href);
const { architectureOf, foreignMachineCode } = (await script('machine-code.mjs')) as {
  architectureOf(file: string): string | null;
  foreignMachineCode(staging: string, platform: string): string[];
};
const { sizeByPart } = (await script('size.mjs')) as {
  sizeByPart(files: readonly { path: string; bytes: number }[]): [string, number][];
};
const { putSqlite } = (await script('packages.mjs')) as {
  putSqlite(staging: string, binary: string | null): boolean;
};

const { sqliteBinary } = (await script('sqlite-binary.mjs')) as {
  sqliteBinary(
    root: string,
    platform: string,
    node: { version: string; headers: string | null },
    workshop: string,
  ): Promise<{ file: string | null; why: string }>;
};
const { glibcOf, oldestGlibc } = (await script('glibc.mjs')) as {
  glibcOf(file: string): string | null;
  oldestGlibc(staging: string): string | null;
};

const folder = temporaryFolder('bundle-script');
const ONNX = 'node_modules/onnxruntime-node/bin/napi-v6/linux';

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function bundle(...args: string[]) {
  const command = [join(PROJECT_ROOT, 'scripts/bundle.mjs'), ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8', cwd: folder });
}

test('a library of another architecture is found before it is carried to a device', () => {
  const staging = join(folder, 'mixed');
  for (const cpu of ['x64', 'arm64']) {
    const library = `${cpu}/libonnxruntime.so.1`;
    mkdirSync(join(staging, cpu), { recursive: true });
    copyFileSync(join(PROJECT_ROOT, ONNX, library), join(staging, library));
    assert.is(architectureOf(join(staging, library)), cpu);
  }
  write(join(staging, 'short'), 'x');
  assert.is(architectureOf(join(staging, 'short')), null);
  assert.equal(foreignMachineCode(staging, 'linux-x64'), ['arm64/libonnxruntime.so.1: arm64']);
  assert.equal(foreignMachineCode(staging, 'linux-arm64'), ['x64/libonnxruntime.so.1: x64']);
});

test('better-sqlite3 is in a bundle with its binary, or not at all', () => {
  const staging = join(folder, 'sqlite');
  write(join(staging, 'node_modules/better-sqlite3/package.json'), '{}');
  const binary = join(folder, 'better_sqlite3.node');
  write(binary, 'compiled there');
  assert.is(putSqlite(staging, binary), true);
  assert.equal(readdirSync(join(staging, 'node_modules/better-sqlite3/build/Release')), ['better_sqlite3.node']);
  assert.is(putSqlite(staging, null), false);
  assert.equal(readdirSync(join(staging, 'node_modules')), []);
});

test('where nothing compiles for another platform, the package with the compiler is named', async () => {
  const other = process.arch === 'x64' ? 'linux-arm64' : 'linux-x64';
  const { PATH } = process.env;
  process.env['PATH'] = folder;
  const found = await sqliteBinary(PROJECT_ROOT, other, { version: '20.20.2', headers: folder }, folder);
  process.env['PATH'] = PATH;
  assert.is(found.file, null);
  assert.match(found.why, /there is no compiler for linux-\w+: apt-get install g\+\+-(aarch64|x86-64)-linux-gnu/);
});

test('the glibc that compiled parts need is read from them, and the newest of all counts', () => {
  const staging = join(folder, 'glibc');
  for (const cpu of ['x64', 'arm64']) {
    const library = `${cpu}/libonnxruntime.so.1`;
    mkdirSync(join(staging, cpu), { recursive: true });
    copyFileSync(join(PROJECT_ROOT, ONNX, library), join(staging, library));
    copyFileSync(join(PROJECT_ROOT, ONNX, cpu, 'onnxruntime_binding.node'), join(staging, cpu, 'binding.node'));
    assert.is(glibcOf(join(staging, library)), '2.28');
  }
  assert.is(glibcOf(join(staging, 'arm64/binding.node')), '2.17');
  assert.is(oldestGlibc(staging), '2.28');
  write(join(folder, 'scripts-only/main.js'), '');
  assert.is(oldestGlibc(join(folder, 'scripts-only')), null);
});

test('the sizes of the parts add up, the largest first', () => {
  const files = [
    { path: 'bin/node', bytes: 50 },
    { path: 'bin/edge-optimizer', bytes: 1 },
    { path: 'node_modules/@img/sharp-linux-x64/lib/sharp.node', bytes: 20 },
    { path: 'node_modules/sharp/package.json', bytes: 2 },
    { path: 'node_modules/onnxruntime-node/package.json', bytes: 30 },
    { path: 'node_modules/zod/index.js', bytes: 3 },
    { path: 'install', bytes: 4 },
  ];
  assert.equal(sizeByPart(files), [
    ['Node', 50],
    ['onnxruntime-node', 30],
    ['sharp with libvips', 22],
    ['the rest', 4],
    ['other packages', 3],
    ['bin', 1],
  ]);
});

test('what is wrong with the options is said before anything is built', () => {
  const wrong = bundle('--platform', 'win32-x64');
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, '--platform: expected linux-arm64 or linux-x64, got win32-x64');
  assert.match(bundle('--platform', 'linux-x64', '--sign', 'gone.pem').stderr, '--sign: gone.pem is not there');
  write(join(folder, 'key.pem'), 'no key');
  assert.match(
    bundle('--platform', 'linux-x64', '--sign', 'key.pem').stderr,
    'expected the PEM of an Ed25519 private key',
  );
  assert.match(bundle('--verify', 'gone.tar.gz').stderr, '--verify: gone.tar.gz is not there');
  write(join(folder, 'text.tar.gz'), 'no archive');
  assert.match(bundle('--verify', 'text.tar.gz', '--unsigned-ok').stderr, 'the bundle is damaged or cut off');
});

test('the installer refuses a bundle of another platform, and one whose Node is damaged or does not start here', () => {
  const here = join(folder, 'unpacked');
  mkdirSync(here);
  copyFileSync(join(PROJECT_ROOT, 'scripts/bundle/install.sh'), join(here, 'install'));
  const platforms = process.arch === 'x64' ? ['linux-arm64', 'linux-x64'] : ['linux-x64', 'linux-arm64'];
  const [other, own] = platforms;
  const install = () => spawnSync('sh', [join(here, 'install'), '--unsigned-ok'], { encoding: 'utf8' });
  write(join(here, 'manifest.json'), `{\n  "platform": "${other}",\n}`);
  assert.match(install().stderr, `this bundle is for ${other}, this machine is ${own}`);
  const node = JSON.stringify({ path: 'bin/node', bytes: 1, sha256: '0'.repeat(64), executable: true });
  write(join(here, 'manifest.json'), `{\n  "platform": "${own}",\n  "files": [\n    ${node}\n  ]\n}`);
  write(join(here, 'bin/node'), 'x');
  assert.match(install().stderr, 'bin/node is damaged: copy the bundle again');
  const manifestOf = (program: string) => {
    const sha256 = createHash('sha256').update(program).digest('hex');
    const line = JSON.stringify({ path: 'bin/node', bytes: program.length, sha256, executable: true });
    return `{\n  "platform": "${own}",\n  "glibc": "2.34",\n  "files": [\n    ${line}\n  ]\n}`;
  };
  write(join(here, 'manifest.json'), manifestOf('x'));
  assert.match(install().stderr, 'programs may not run in');
  const old = "#!/bin/sh\necho 'version `GLIBC_2.28 not found' >&2\nexit 1\n";
  write(join(here, 'bin/node'), old);
  chmodSync(join(here, 'bin/node'), 0o755);
  write(join(here, 'manifest.json'), manifestOf(old));
  assert.match(install().stderr, 'does not start here, it needs glibc 2.34 or newer');
});

where(
  process.getuid?.() === 0,
  'root',
  test,
)('the installer looks ahead, unpacks, then makes the service, each with the options that are its own', () => {
  const here = join(folder, 'whole bundle');
  const prefix = join(folder, 'opt/the program');
  const told = join(folder, 'told');
  const tells = (who: string) =>
    `#!/bin/sh\nfor word in ${who} "$@"; do printf '[%s]' "$word"; done >>'${told}'\necho >>'${told}'\n`;
  write(join(here, 'bin/node'), tells('node'));
  chmodSync(join(here, 'bin/node'), 0o755);
  write(join(here, 'scripts/install.sh'), tells('foresees'));
  write(join(prefix, 'current/scripts/install.sh'), tells('installs'));
  copyFileSync(join(PROJECT_ROOT, 'scripts/bundle/install.sh'), join(here, 'install'));
  const sha256 = createHash('sha256').update(tells('node')).digest('hex');
  const node = JSON.stringify({ path: 'bin/node', bytes: 1, sha256, executable: true });
  write(join(here, 'manifest.json'), `{\n  "platform": "linux-${process.arch}",\n  "files": [\n    ${node}\n  ]\n}`);
  const install = (...args: string[]) => {
    rmSync(told, { force: true });
    const { status, stderr } = spawnSync('sh', [join(here, 'install'), ...args], { encoding: 'utf8' });
    assert.equal([status, stderr], [0, '']);
    const [first, ...rest] = readFileSync(told, 'utf8').trim().split('\n');
    assert.is(first, '[node][--version]');
    return rest;
  };
  const update = `[node][${here}/dist/src/main.js][update][${here}][--prefix][${prefix}][--no-restart][--no-watch]`;
  const service = `[--prefix][${prefix}][--config][/etc/my site.yaml]`;

  const options = [
    '--key',
    'a key',
    `--prefix=${prefix}`,
    '--config',
    '/etc/my site.yaml',
    '--answers',
    'my answers',
    '--no-start',
  ];
  assert.equal(install(...options, '--allow-older'), [
    `[foresees]${service}[--coming][${here}][--dry-run][--answers][my answers][--no-start]`,
    `${update}[--key][a key][--allow-older]`,
    `[installs]${service}[--answers][my answers][--no-start]`,
  ]);
  assert.equal(install(...options, '--dry-run'), [
    `${update}[--check][--key][a key]`,
    `[foresees]${service}[--coming][${here}][--dry-run][--answers][my answers][--no-start]`,
  ]);
  assert.equal(install('--unsigned-ok', '--prefix', prefix, '--files-only'), [`${update}[--unsigned-ok]`]);
});

test.run();
