import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { Host } from '../../src/models/default-variant.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { findWanted, wantedNames } from '../../src/models/wanted-model.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('the model that is wanted');
const folder = temporaryFolder('wanted-model');
const host: Host = { provider: 'cpu', cpuFlags: 'avx2' };

interface Given {
  readonly bytes: number;
  readonly measured?: boolean;
  readonly classes?: readonly string[];
  readonly fileIsThere?: boolean;
  readonly needs?: string;
}

async function registryOf(name: string, models: Readonly<Record<string, Given>>): Promise<ModelRegistry> {
  const dir = join(folder, name);
  mkdirSync(dir, { recursive: true });
  for (const [model, { bytes, measured = true, classes = ['car'], fileIsThere = true, needs }] of Object.entries(
    models,
  )) {
    mkdirSync(join(dir, model));
    const accuracy = { metric: 'AP50', relativeToFp32: 1, absolute: [{ metric: 'F1', set: 'roads', value: 0.5 }] };
    const facts = { precision: 'fp32', file: 'model.onnx', sha256: '0'.repeat(64), bytes, madeBy: 'a test', needs };
    const variant = (id: string, side: number) => ({
      id,
      width: side,
      height: side,
      ...facts,
      accuracy: measured ? accuracy : null,
    });
    const manifest = {
      name: model,
      description: model,
      family: 'yolov8',
      licence: 'MIT',
      origin: 'a test',
      classes,
      input: { layout: 'nchw', type: 'float32', colour: 'rgb', width: 'dynamic', height: 'dynamic' },
      variants: [variant('usual', 320), variant('large', 640)],
    };
    writeFileSync(join(dir, model, 'model.json'), JSON.stringify(manifest));
    if (fileIsThere) writeFileSync(join(dir, model, 'model.onnx'), '');
  }
  return ModelRegistry.open(dir);
}

const wanted = (model: object = {}) => configSchema.parse({ model }).model;
const nameOf = async (
  registry: ModelRegistry,
  model: object = {},
  last: { model: string; variant: string } | null = null,
) => {
  const { manifest, variant } = await findWanted(registry, wanted(model), host, last);
  return `${manifest.name}:${variant.id}`;
};

test('auto begins with the least work of the models that can be compared, at its default variant', async () => {
  const registry = await registryOf('least', {
    big: { bytes: 9000 },
    small: { bytes: 3000 },
    unmeasured: { bytes: 100, measured: false },
  });
  assert.equal(wantedNames(registry, wanted(), host), ['small', 'big', 'unmeasured']);
  assert.is(await nameOf(registry), 'small:usual');
});

test('a model that does not know the classes asked for, or does not suit the processor, comes last', async () => {
  const registry = await registryOf('classes', {
    big: { bytes: 9000, classes: ['car', 'tram'] },
    small: { bytes: 3000 },
    dotted: { bytes: 100, classes: ['car', 'tram'], needs: 'int8-dot-product' },
  });
  assert.is(await nameOf(registry, { classes: ['tram'] }), 'big:usual');
  assert.is(await nameOf(registry, { classThresholds: { tram: 0.5 } }), 'big:usual');
});

test('a model without its file is passed over', async () => {
  const registry = await registryOf('missing', { big: { bytes: 9000 }, small: { bytes: 3000, fileIsThere: false } });
  assert.is(await nameOf(registry), 'big:usual');
});

test('what answered last answers again, as long as it is installed and the configuration leaves the choice', async () => {
  const registry = await registryOf('last', { big: { bytes: 9000 }, small: { bytes: 3000 } });
  const last = { model: 'big', variant: 'large' };
  assert.is(await nameOf(registry, {}, last), 'big:large');
  assert.is(await nameOf(registry, { name: 'big' }, last), 'big:large');
  assert.is(await nameOf(registry, { name: 'big', variant: 'default' }, last), 'big:usual');
  assert.is(await nameOf(registry, { name: 'small' }, last), 'small:usual');
  assert.is(await nameOf(registry, { classes: ['tram'] }, last), 'small:usual');
  assert.is(await nameOf(registry, {}, { model: 'gone', variant: 'large' }), 'small:usual');
});

test('a model that is named is the one, whatever it knows', async () => {
  const registry = await registryOf('named', { big: { bytes: 9000 }, small: { bytes: 3000 } });
  assert.is(await nameOf(registry, { name: 'big', variant: 'large' }), 'big:large');
});

test('a folder without a model says how one is added', async () => {
  const registry = await registryOf('none', {});
  await nameOf(registry).then(
    () => assert.unreachable(),
    (error: Error) =>
      assert.match(error.message, /^there is no model in .* that can be used; edge-optimizer models add FILE/),
  );
});

test.run();
