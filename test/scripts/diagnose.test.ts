import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('scripts/diagnose');
const folder = temporaryFolder('bare-diagnose');
let copies = 0;

/** A folder with the script and what else of the project is named. */
function copyWith(...parts: readonly string[]): string {
  const home = join(folder, `${copies++}`);
  mkdirSync(join(home, 'scripts'), { recursive: true });
  copyFileSync(join(PROJECT_ROOT, 'scripts/diagnose'), join(home, 'scripts/diagnose'));
  for (const part of parts) symlinkSync(join(PROJECT_ROOT, part), join(home, part));
  return home;
}

/** A folder for PATH in which `node` is this text. */
function pathWith(node: string | null): string {
  const bin = join(folder, `bin-${copies++}`);
  mkdirSync(bin);
  for (const tool of ['dirname', 'grep', 'head']) {
    const { stdout } = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
    symlinkSync(stdout.trim(), join(bin, tool));
  }
  if (node !== null) {
    writeFileSync(join(bin, 'node'), node);
    chmodSync(join(bin, 'node'), 0o755);
  }
  return bin;
}

function run(home: string, args: readonly string[] = [], path = process.env['PATH']) {
  const env = { ...process.env, PATH: path, LC_ALL: 'C.UTF-8' };
  const { status, stdout } = spawnSync('/bin/sh', [join(home, 'scripts/diagnose'), ...args], { env, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

test('without Node, with one that does not run, and with an old one it says what to install', () => {
  const home = copyWith();
  const none = run(home, [], pathWith(null));
  assert.equal(none, {
    status: 2,
    lines: ['✖ Node is not there', '    do: Install Node 20.19 or newer (docs/deployment.md, step 1)'],
  });
  const foreign = run(home, [], pathWith('#!/bin/sh\necho cannot execute binary file; exit 126\n'));
  assert.equal([foreign.status, foreign.lines[0]], [2, '✖ Node does not start: cannot execute binary file']);
  const old = run(home, [], pathWith('#!/bin/sh\necho v18.20.4\n'));
  assert.equal([old.status, old.lines[0]], [2, '✖ Node v18.20.4 is older than 20.19']);
  const inSpanish = run(home, ['--lang', 'es'], pathWith('#!/bin/sh\necho v20.18.0\n'));
  assert.is(inSpanish.lines[0], '✖ Node v20.18.0 es anterior a 20.19');
});

test('in a bundle its own Node diagnoses, none on PATH, and what is broken is mended by installing it again', () => {
  const home = copyWith('dist', 'package.json', 'node_modules', 'models', 'device-config');
  writeFileSync(join(home, 'manifest.json'), '{}');
  const withoutNode = run(home, [], pathWith(null));
  assert.equal(withoutNode, {
    status: 2,
    lines: [
      `✖ Node is not there: ${home}/bin/node`,
      '    do: Run ./install of the unpacked bundle again (docs/deployment.md, Without internet)',
    ],
  });
  mkdirSync(join(home, 'bin'));
  symlinkSync(process.execPath, join(home, 'bin/node'));
  const { status, lines } = run(home, ['--only', 'system/node'], pathWith(null));
  assert.is(status, 0);
  assert.match(lines[1] ?? '', / ✔ Node v/);
});

test('packages that may be left out are left to the program to tell', () => {
  const home = copyWith('dist', 'package.json', 'models', 'device-config');
  for (const name of ['onnxruntime-node', 'onnxruntime-common', 'commander'])
    symlink(join(PROJECT_ROOT, 'node_modules', name), join(home, 'node_modules', name));
  const { lines } = run(home, ['--help']);
  assert.match(lines[0] ?? '', /^Usage: edge-optimizer diagnose/);
});

test('without packages, and without the built program, it names the command that mends it', () => {
  const bare = copyWith();
  assert.is(run(bare).lines[0], `✖ The packages are missing: ${bare}/node_modules`);
  const unbuilt = copyWith('node_modules');
  const { status, lines } = run(unbuilt);
  assert.is(status, 2);
  assert.is(lines[0], `✖ The program is not built: ${unbuilt}/dist`);
  assert.match(lines[1] ?? '', /scripts\/setup\.mjs --production$/);
});

test('machine code that does not load is named', () => {
  const home = copyWith('dist', 'package.json');
  for (const name of ['onnxruntime-node', 'better-sqlite3'])
    symlink(join(PROJECT_ROOT, 'node_modules', name), join(home, 'node_modules', name));
  mkdirSync(join(home, 'node_modules/sharp'), { recursive: true });
  writeFileSync(
    join(home, 'node_modules/sharp/index.js'),
    "process.dlopen(module, __dirname + '/sharp-linux-arm64.node');",
  );
  const { status, lines } = run(home);
  assert.is(status, 2);
  assert.match(lines[0] ?? '', /^✖ sharp does not load: Error: .*sharp-linux-arm64\.node/);
});

test('where all is there, the program itself diagnoses', () => {
  const { status, lines } = run(PROJECT_ROOT, ['--only', 'system/node']);
  assert.is(status, 0);
  assert.match(lines[1] ?? '', / ✔ Node v/);
});

function symlink(target: string, file: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  symlinkSync(target, file);
}

test.run();
