import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeNode } from '../../../src/onnx/graph.js';
import { float32Tensor, floatsOf } from '../../../src/onnx/tensor.js';
import { equalize } from '../../../src/optimize/int8/equalize.js';
import { foldBatchNorm } from '../../../src/optimize/int8/fold-batch-norm.js';
import { findLayers } from '../../../src/optimize/int8/layers.js';
import { largestPerChannel } from '../../../src/optimize/int8/weights.js';
import { answer, conv, convWeights, handBuilt, noise, operators, pictures, signalToNoise } from './hand-built.js';

const INPUTS = pictures(1);
const RELU = makeNode('Relu', 'relu', ['x'], ['a']);
const pads = { type: 'ints', value: [1, 1, 1, 1] } as const;

/** Channel 3 of the first layer is a hundred times as large as the others. */
function unequal() {
  const constants = convWeights({ first: [3, 4], last: [4, 2] });
  const weights = floatsOf(constants['first_w']!).map((value, i) => (i >= 81 ? value * 100 : value));
  return { ...constants, first_w: float32Tensor([4, 3, 3, 3], weights) };
}

test('an equalized model computes the same with ranges that are alike', async () => {
  const model = handBuilt([conv('first', 'images', 'x'), RELU, conv('last', 'a', 'out')], unequal());
  const { model: equal, pairs } = equalize(model, findLayers(model.graph, 'cpu'));
  assert.is(pairs, 1);
  assert.ok(signalToNoise(await answer(model, INPUTS), await answer(equal, INPUTS)) > 90);
  const spread = (name: string, of = equal) => {
    const most = largestPerChannel(of.graph.constant(name)!, 0);
    return Math.max(...most) / Math.min(...most);
  };
  assert.ok(spread('first_w') < spread('first_w', model) / 5);
});

test('a depthwise convolution is equalized channel by channel', async () => {
  const depthwise = makeNode('Conv', 'last', ['a', 'deep_w'], ['out'], { pads, group: { type: 'int', value: 4 } });
  const constants = { ...unequal(), deep_w: float32Tensor([4, 1, 3, 3], noise(36, 3)) };
  const model = handBuilt([conv('first', 'images', 'x'), RELU, depthwise], constants);
  const { model: equal, pairs } = equalize(model, findLayers(model.graph, 'cpu'));
  assert.is(pairs, 1);
  assert.ok(signalToNoise(await answer(model, INPUTS), await answer(equal, INPUTS)) > 90);
});

test('a value that something else reads is not equalized', () => {
  const sum = makeNode('Add', 'sum', ['a', 'a'], ['out']);
  const model = handBuilt([conv('first', 'images', 'x'), RELU, conv('last', 'a', 'y'), sum], unequal(), ['out', 'y']);
  assert.is(equalize(model, findLayers(model.graph, 'cpu')).pairs, 0);
});

test('the model that is equalized stays as it is', () => {
  const model = handBuilt([conv('first', 'images', 'x'), RELU, conv('last', 'a', 'out')], unequal());
  const before = model.graph.constant('first_w');
  equalize(model, findLayers(model.graph, 'cpu'));
  assert.is(model.graph.constant('first_w'), before);
});

test('a batch normalization is computed into the convolution before it', async () => {
  const statistics = (seed: number) =>
    float32Tensor(
      [4],
      noise(4, seed).map((x) => x + 1.5),
    );
  const model = handBuilt(
    [
      conv('first', 'images', 'x'),
      makeNode('BatchNormalization', 'norm', ['x', 'gamma', 'beta', 'mean', 'variance'], ['out']),
    ],
    {
      ...convWeights({ first: [3, 4] }),
      gamma: statistics(1),
      beta: statistics(2),
      mean: statistics(3),
      variance: statistics(4),
    },
  );
  const folded = foldBatchNorm(model);
  assert.equal(operators(folded), { Conv: 1 });
  assert.ok(signalToNoise(await answer(model, INPUTS), await answer(folded, INPUTS)) > 90);
});

test.run();
