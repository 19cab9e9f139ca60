import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const script = (name: string) => import(pathToFileURL(join(PROJECT_ROOT, 'scripts', name)).href);
const { isInstalled } = (await script('setup.mjs')) as { isInstalled(root: string, forDevelopment: boolean): boolean };
const { scriptEnvironment } = (await script('npm.mjs')) as {
  scriptEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
};
const { removeOtherPlatforms } = (await script('platforms.mjs')) as {
  removeOtherPlatforms(root: string, platform: string, arch: string): void;
};

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test('a device without development packages is installed, a clone that is to be tested is not', () => {
  const root = temporaryFolder('setup');
  const yaml = { version: '2.9.1' };
  const wanted = { '': {}, 'node_modules/yaml': yaml, 'node_modules/uvu': { version: '0.5.6', dev: true } };
  write(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  assert.is(isInstalled(root, false), false);
  write(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: { 'node_modules/yaml': yaml } }));
  assert.is(isInstalled(root, false), true);
  assert.is(isInstalled(root, true), false);
});

test('installation fetches nothing of CUDA unless it is told to', () => {
  assert.is(scriptEnvironment({})['ONNXRUNTIME_NODE_INSTALL'], 'skip');
  assert.is(scriptEnvironment({ ONNXRUNTIME_NODE_INSTALL: 'cuda12' })['ONNXRUNTIME_NODE_INSTALL'], 'cuda12');
});

test("a device keeps its own platform's ONNX Runtime, and all where there is none of its own", () => {
  const root = temporaryFolder('platforms');
  const binaries = join(root, 'node_modules/onnxruntime-node/bin/napi-v6');
  for (const platform of ['linux/x64', 'linux/arm64', 'win32/x64', 'darwin/arm64']) {
    write(join(binaries, platform, 'onnxruntime_binding.node'), '');
  }
  const left = () => readdirSync(binaries, { recursive: true }).filter((name) => String(name).endsWith('.node'));
  removeOtherPlatforms(root, 'linux', 'riscv64');
  assert.is(left().length, 4);
  removeOtherPlatforms(root, 'linux', 'arm64');
  assert.equal(left(), ['linux/arm64/onnxruntime_binding.node']);
});

test.run();
