import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { makeNode } from '../../../src/onnx/graph.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { float32Tensor, floatsOf, int64Tensor } from '../../../src/onnx/tensor.js';
import { foldConstants } from '../../../src/optimize/passes/fold-constants.js';
import { noise } from '../../onnx/every-value.js';
import { smallModel } from '../../onnx/small-model.js';
import { outputsOf } from './outputs-of.js';

const ROADSIDE = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
const x = { name: 'x', type: 'float32', dims: ['n', 2] } as const;
const y = { name: 'y', type: 'float32', dims: ['n', 2] } as const;

test('what reads only constants becomes a constant', async () => {
  const model = smallModel({
    inputs: [x],
    outputs: [y],
    constants: { a: float32Tensor([2], [1, 2]), b: float32Tensor([2], [10, 20]) },
    nodes: [
      makeNode('Add', 'sum', ['a', 'b'], ['c']),
      makeNode('Sqrt', 'root', ['c'], ['d']),
      makeNode('Mul', 'mul', ['x', 'd'], ['y']),
    ],
  });
  const { model: folded, folded: count } = await foldConstants(model);
  assert.is(count, 2);
  assert.equal(
    folded.graph.nodes.map(({ op }) => op),
    ['Mul'],
  );
  assert.equal([...floatsOf(folded.graph.constant('d')!)], [Math.fround(Math.sqrt(11)), Math.fround(Math.sqrt(22))]);
  assert.is(model.graph.nodes.length, 3);
});

test('roadside-n at a fixed size loses its shape arithmetic and computes the same', async () => {
  const model = readModel(ROADSIDE);
  const { model: fixed, folded } = await foldConstants(model, { inputDims: new Map([['images', [1, 3, 64, 96]]]) });
  const ops = new Set(fixed.graph.nodes.map(({ op }) => op));
  for (const op of ['Shape', 'Gather', 'Range', 'Cast', 'Expand', 'Unsqueeze']) assert.not.ok(ops.has(op), op);
  assert.ok(folded > 80);
  assert.equal(fixed.graph.inputs[0]!.dims, [1, 3, 64, 96]);
  assert.equal(fixed.graph.outputs[0]!.dims?.slice(0, 2), [1, 126]);
  const inputs = new Map([['images', float32Tensor([1, 3, 64, 96], noise(3 * 64 * 96))]]);
  assert.equal(await outputsOf(fixed, inputs), await outputsOf(model, inputs));
});

test('weights of a quantized model stay what they are', async () => {
  const model = smallModel({
    inputs: [x],
    outputs: [y],
    constants: {
      w: { type: 'int8', dims: [2], bytes: new Uint8Array([1, 2]) },
      s: float32Tensor([], [0.5]),
    },
    nodes: [makeNode('DequantizeLinear', 'dq', ['w', 's'], ['f']), makeNode('Mul', 'mul', ['x', 'f'], ['y'])],
  });
  assert.is((await foldConstants(model)).folded, 0);
});

test('a constant that would fill the memory is left to be computed', async () => {
  const model = smallModel({
    inputs: [x],
    outputs: [y],
    constants: { size: int64Tensor([2 ** 20, 2 ** 20]), all: int64Tensor([0, 1]) },
    nodes: [
      makeNode('ConstantOfShape', 'zeros', ['size'], ['z']),
      makeNode('ReduceSum', 'sum', ['z', 'all'], ['s']),
      makeNode('Add', 'add', ['x', 's'], ['y']),
    ],
  });
  assert.is((await foldConstants(model)).folded, 0);
});

test('an operator that is not known stays, and the rest is folded', async () => {
  const strange = { ...makeNode('Warp', 'warp', ['d'], ['e']), domain: 'com.example' };
  const model = smallModel({
    inputs: [x],
    outputs: [y],
    constants: { a: float32Tensor([2], [1, 4]) },
    nodes: [makeNode('Sqrt', 'root', ['a'], ['d']), strange, makeNode('Mul', 'mul', ['x', 'e'], ['y'])],
  });
  const { model: folded } = await foldConstants(model, { inputDims: new Map([['x', [1, 2]]]) });
  assert.equal(
    folded.graph.nodes.map(({ op }) => op),
    ['Warp', 'Mul'],
  );
});

test('an output that is constant is still written by a node', async () => {
  const model = smallModel({
    inputs: [x],
    outputs: [{ ...y, dims: [2] }],
    constants: { a: float32Tensor([2], [1, 4]) },
    nodes: [makeNode('Sqrt', 'root', ['a'], ['y'])],
  });
  const { model: folded } = await foldConstants(model);
  assert.equal(
    folded.graph.nodes.map(({ op }) => op),
    ['Identity'],
  );
  const inputs = new Map([['x', float32Tensor([1, 2], [0, 0])]]);
  assert.equal([...(await outputsOf(folded, inputs)).get('y')!], [1, 2]);
});

test('a size that does not fit the input is refused', async () => {
  let message = '';
  await foldConstants(readModel(ROADSIDE), { inputDims: new Map([['images', [1, 4, 64, 96]]]) }).catch((error) => {
    message = error.message;
  });
  assert.is(message, 'input images is [batch, 3, height, width], not [1, 4, 64, 96]');
});

test.run();
