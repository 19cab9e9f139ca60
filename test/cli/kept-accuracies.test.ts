import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepAccuracies } from '../../src/cli/kept-accuracies.js';
import { ModelRegistry } from '../../src/models/registry.js';
import type { VariantComparison } from '../../src/optimize/workshop/compare-variants.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('accuracies that a comparison found');
const folder = temporaryFolder('kept-accuracies');

async function registryOf(name: string): Promise<ModelRegistry> {
  const dir = join(folder, name);
  for (const model of ['junction', 'other']) {
    mkdirSync(join(dir, model), { recursive: true });
    writeFileSync(join(dir, model, 'model.onnx'), '');
    const file = { file: 'model.onnx', sha256: '0'.repeat(64), bytes: 9, accuracy: null, madeBy: 'a test' };
    const variants = [
      { id: 'fp32', precision: 'fp32', width: 320, height: 320, ...file },
      { id: 'int8', precision: 'int8', width: 320, height: 320, ...file },
    ];
    const input = { layout: 'nchw', type: 'float32', colour: 'rgb', width: 'dynamic', height: 'dynamic' };
    const facts = {
      name: model,
      description: model,
      family: 'yolov8',
      licence: 'MIT',
      origin: 'a test',
      classes: ['car'],
    };
    writeFileSync(join(dir, model, 'model.json'), JSON.stringify({ ...facts, input, variants }));
  }
  return ModelRegistry.open(dir);
}

function comparison(parent: number, variant: number, set = 'roads'): VariantComparison {
  const of = (value: number) => ({ absolute: { metric: 'F1', set, value } });
  return {
    gate: { labelled: { parent: of(parent), variant: of(variant), images: 9 } },
  } as unknown as VariantComparison;
}

const accuracyIn = async (registry: ModelRegistry, model: string, variant: string) => {
  const again = await ModelRegistry.open(registry.dir);
  return (await again.find(model, variant)).variant.accuracy;
};

test('stand in the manifests of both models, which were never measured before', async () => {
  const registry = await registryOf('both');
  const pair = [await registry.find('junction', 'fp32'), await registry.find('other', 'fp32')] as const;
  assert.equal(await keepAccuracies(registry, pair, comparison(0.5, 0.6)), [
    'junction:fp32 has F1 0.500 in its manifest now',
    'other:fp32 has F1 0.600 in its manifest now',
  ]);
  const absolute = [{ metric: 'F1', set: 'roads', value: 0.6 }];
  assert.equal(await accuracyIn(registry, 'other', 'fp32'), { metric: 'F1', relativeToFp32: 1, absolute });
});

test('a variant beside its fp32 parent keeps its share; another set stands beside the first, the same in its place', async () => {
  const registry = await registryOf('shares');
  const pair = async () => [await registry.find('junction', 'fp32'), await registry.find('junction', 'int8')] as const;
  await keepAccuracies(registry, await pair(), comparison(0.5, 0.45));
  assert.is((await accuracyIn(registry, 'junction', 'int8'))?.relativeToFp32, 0.9);
  const again = await ModelRegistry.open(registry.dir);
  const both = [await again.find('junction', 'fp32'), await again.find('junction', 'int8')] as const;
  await keepAccuracies(again, both, comparison(0.7, 0.7, 'night'));
  assert.equal(
    (await accuracyIn(registry, 'junction', 'int8'))?.absolute?.map(({ set, value }) => [set, value]),
    [
      ['roads', 0.45],
      ['night', 0.7],
    ],
  );
});

test('without labels there is nothing to keep', async () => {
  const registry = await registryOf('unlabelled');
  const pair = [await registry.find('junction', 'fp32'), await registry.find('other', 'fp32')] as const;
  await keepAccuracies(registry, pair, { gate: { labelled: null } } as unknown as VariantComparison).then(
    () => assert.unreachable(),
    (error: { problems?: string[] }) =>
      assert.equal(error.problems, ['--keep: expected labelled frames: none of these is']),
  );
});

test.run();
