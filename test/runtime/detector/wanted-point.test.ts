import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { chosenPoint, detectorFor, type WantedPoint } from '../../../src/runtime/detector/wanted-point.js';

const BEFORE: WantedPoint = {
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: null,
  workers: 1,
  intraOpThreads: 2,
  batchSize: 4,
};
const detectorOf = (detector: object) => configSchema.parse({ detector }).detector;

test('what is not named stays; of another model named alone the default variant is meant', () => {
  assert.equal(chosenPoint({ workers: 2 }, BEFORE, 'cpu'), { ...BEFORE, workers: 2 });
  assert.equal(chosenPoint({ model: 'roadside-s' }, BEFORE, 'cpu'), {
    ...BEFORE,
    model: 'roadside-s',
    variant: 'default',
  });
  assert.is(chosenPoint({ model: 'roadside-n' }, BEFORE, 'cpu').variant, 'fp32-416x256');
});

test('asking for the provider that runs asks for nothing new, for another for that one', () => {
  assert.is(chosenPoint({ provider: 'cuda' }, BEFORE, 'cuda').provider, null);
  assert.is(chosenPoint({ provider: 'cpu' }, BEFORE, 'cuda').provider, 'cpu');
});

test('numbers that cannot be are refused by name', () => {
  assert.throws(
    () => chosenPoint({ workers: 17 }, BEFORE, 'cpu'),
    /workers: expected a whole number from 1 to 16, got 17/,
  );
  assert.throws(() => chosenPoint({ batchSize: 65 }, BEFORE, 'cpu'), /batchSize: .* from 1 to 64, got 65/);
});

test('whoever asks for a provider wants none of those that are tried before it', () => {
  const names = (provider: string | null, providers: string[]) =>
    detectorFor({ ...BEFORE, provider }, detectorOf({ providers })).providers.map(({ name }) => name);
  assert.equal(names(null, ['tensorrt', 'cuda', 'cpu']), ['tensorrt', 'cuda', 'cpu']);
  assert.equal(names('cuda', ['tensorrt', 'cuda', 'cpu']), ['cuda', 'cpu']);
  assert.equal(names('webgpu', ['cpu']), ['webgpu', 'cpu']);
  assert.throws(() => names('gpu', ['cpu']), /provider: expected one of tensorrt, cuda, .* got gpu/);
});

test('a worker of one’s own is given its share of the memory for CUDA, unless its options say otherwise', () => {
  const optionsOf = (detector: object) =>
    detectorFor({ ...BEFORE, workers: 2 }, detectorOf(detector), 3000).providers.map(({ options }) => options);
  const command = ['python3', 'worker.py'];
  assert.equal(optionsOf({ command, providers: ['cuda', 'cpu'] }), [
    { gpu_mem_limit: 1500, arena_extend_strategy: 'kSameAsRequested' },
    {},
  ]);
  assert.equal(optionsOf({ command, providers: [{ name: 'cuda', options: { gpu_mem_limit: 9 } }] }), [
    { gpu_mem_limit: 9, arena_extend_strategy: 'kSameAsRequested' },
  ]);
  assert.equal(optionsOf({ providers: ['cuda', 'cpu'] }), [{}, {}]);
});

test.run();
