import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer, startEdgeOptimizer } from './command-line.js';

const folder = temporaryFolder('broken-models');
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 5290925\n';
const LFS = 'is a Git LFS pointer to a file of 5290925 bytes';

test('models add names a file that is no model in one line, with exit code 2, and leaves nothing behind', async () => {
  const file = join(folder, 'pointer.onnx');
  writeFileSync(file, POINTER);
  const dir = join(folder, 'added');
  const { code, stdout, stderr } = await edgeOptimizer(['models', 'add', file, '--dir', dir]);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, new RegExp(`^E_MODEL: .*pointer\\.onnx ${LFS}: fetch the file itself: git lfs pull[^\n]*\n$`));
  assert.not.ok(existsSync(dir));
});

test('verifying and config check name a registered model that git left as a pointer', async () => {
  const dir = join(folder, 'cloned');
  mkdirSync(dir);
  cpSync(join(PROJECT_ROOT, 'models/roadside-n/model.json'), join(dir, 'roadside-n/model.json'));
  writeFileSync(join(dir, 'roadside-n/roadside-n.onnx'), POINTER);
  const verified = await (await ModelRegistry.open(dir)).verify();
  const said = verified.find(({ variant }) => variant === 'fp32-416x256')!.problem!;
  assert.ok(said.startsWith(`roadside-n.onnx has ${POINTER.length} bytes, expected 5290925: it ${LFS}; fetch`), said);
  const site = join(folder, 'site.yaml');
  writeFileSync(site, `model: {dir: ${dir}, variant: fp32-416x256}\n`);
  const checked = await edgeOptimizer(['config', 'check', site]);
  assert.match(`${checked.stdout}${checked.stderr}`, new RegExp(LFS));
  assert.is(checked.code, 2);
});

test('models add that is stopped leaves nothing behind', async () => {
  const dir = join(folder, 'stopped');
  const file = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
  const { child, ended } = startEdgeOptimizer(['models', 'add', file, '--dir', dir]);
  while (!(existsSync(dir) && readdirSync(dir).length > 0)) await new Promise((done) => setTimeout(done, 20));
  child.kill('SIGINT');
  assert.is((await ended).code, 130);
  assert.equal(readdirSync(dir), []);
});

test.run();
