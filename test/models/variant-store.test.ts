import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { formatManifest } from '../../src/models/format-manifest.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { checkWritable, type NewVariant, storeVariants, type VariantFacts } from '../../src/models/variant-store.js';
import { where } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('variant-store');
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');
let count = 0;

/** A model of one fp32 variant; its folder. */
function modelFolder(): string {
  const model = join(folder, `r${count++}`, 'm');
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, 'm.onnx'), 'weights');
  const manifest = {
    name: 'm',
    description: 'For tests.',
    family: 'roadside',
    licence: 'MIT',
    origin: 'a test',
    classes: ['car', 'truck'],
    input: { layout: 'nchw', type: 'float32', colour: 'rgb', width: 'dynamic', height: 'dynamic', multipleOf: 32 },
    variants: [{ ...facts('fp32-64x32', 'fp32'), file: 'm.onnx', sha256: sumOf('weights'), bytes: 7 }],
  };
  writeFileSync(join(model, 'model.json'), formatManifest(manifest));
  return model;
}

function facts(id: string, precision: 'fp32' | 'int8' = 'int8'): VariantFacts {
  return { id, precision, width: 64, height: 32, accuracy: null, madeBy: 'a test' };
}

function variant(id: string, content: string): NewVariant {
  const copy = join(folder, `${content}.onnx`);
  writeFileSync(copy, content);
  return { facts: facts(id), from: { copy, stem: 'm.int8' } };
}

const filesOf = (model: string): string[] => readdirSync(model).sort();

test('a variant is added behind the others, with its file under a name that holds its sum', async () => {
  const model = modelFolder();
  await storeVariants(model, [variant('int8-64x32', 'first')]);
  const file = `m.int8-${sumOf('first').slice(0, 8)}.onnx`;
  assert.equal(filesOf(model), [file, 'm.onnx', 'model.json']);
  const registry = await ModelRegistry.open(join(model, '..'));
  const entry = await registry.find('m', 'int8-64x32');
  assert.is(entry.variant.file, file);
  assert.is((await registry.find('m')).variant.id, 'fp32-64x32');
  assert.equal(
    (await registry.verify()).map(({ problem }) => problem),
    [null, null],
  );
});

test('a variant of the same id takes the place of the old one, whose file stays until the next time', async () => {
  const model = modelFolder();
  await storeVariants(model, [variant('int8-64x32', 'first'), variant('other', 'other')]);
  await storeVariants(model, [variant('int8-64x32', 'second')]);
  const name = (content: string): string => `m.int8-${sumOf(content).slice(0, 8)}.onnx`;
  assert.ok(filesOf(model).includes(name('first')), 'a worker may still have to load it');
  const { manifest } = await (await ModelRegistry.open(join(model, '..'))).find('m');
  assert.equal(
    manifest.variants.map(({ id, file }) => [id, file]),
    [
      ['fp32-64x32', 'm.onnx'],
      ['int8-64x32', name('second')],
      ['other', name('other')],
    ],
  );
  await storeVariants(model, [variant('int8-64x32', 'third')]);
  assert.not.ok(filesOf(model).includes(name('first')));
  assert.ok(filesOf(model).includes(name('second')));
});

test('files that somebody else put there are never removed', async () => {
  const model = modelFolder();
  writeFileSync(join(model, 'backup-deadbeef.onnx'), 'mine');
  await storeVariants(model, [variant('int8-64x32', 'first')]);
  await storeVariants(model, [variant('int8-64x32', 'second')]);
  assert.is(readFileSync(join(model, 'backup-deadbeef.onnx'), 'utf8'), 'mine');
});

test('another size names the file that is there', async () => {
  const model = modelFolder();
  const from = { file: 'm.onnx', sha256: sumOf('weights'), bytes: 7 };
  await storeVariants(model, [{ facts: { ...facts('fp32-96x64', 'fp32'), width: 96, height: 64 }, from }]);
  assert.equal(filesOf(model), ['m.onnx', 'model.json']);
  const { variant: added } = await (await ModelRegistry.open(join(model, '..'))).find('m', 'fp32-96x64');
  assert.is(added.file, 'm.onnx');
});

test('a variant that the manifest does not allow changes nothing', async () => {
  const model = modelFolder();
  const before = readFileSync(join(model, 'model.json'), 'utf8');
  const bad = { ...variant('int8-65x32', 'bad'), facts: { ...facts('int8-65x32'), width: 65 } };
  const error: Error = await storeVariants(model, [variant('int8-64x32', 'good'), bad]).then(
    () => new Error('it did not fail'),
    (reason: Error) => reason,
  );
  assert.match(error.message, /variants\.2\.width: expected a multiple of 32, got 65/);
  assert.equal(filesOf(model), ['m.onnx', 'model.json']);
  assert.is(readFileSync(join(model, 'model.json'), 'utf8'), before);
});

test('an aborted signal changes nothing', async () => {
  const model = modelFolder();
  const before = readFileSync(join(model, 'model.json'), 'utf8');
  const error = await storeVariants(model, [variant('int8-64x32', 'x')], AbortSignal.abort(new Error('enough'))).catch(
    (reason: Error) => reason,
  );
  assert.match(String(error), /enough/);
  assert.equal(filesOf(model), ['m.onnx', 'model.json']);
  assert.is(readFileSync(join(model, 'model.json'), 'utf8'), before);
});

where(
  process.getuid?.() !== 0,
  'unprivileged user',
  test,
)('a folder that may not be written to is said before any work', async () => {
  const model = modelFolder();
  chmodSync(model, 0o555);
  const error = await checkWritable(model).catch((reason: Error) => reason);
  assert.match(String(error), /cannot write into .*--dry-run/);
});

test('the shipped manifests are written as this module writes them', () => {
  for (const name of ['roadside-n', 'roadside-s']) {
    const text = readFileSync(join(PROJECT_ROOT, 'models', name, 'model.json'), 'utf8');
    assert.is(formatManifest(JSON.parse(text)), text);
  }
});

test.run();
