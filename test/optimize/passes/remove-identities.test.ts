import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { makeNode, type Node } from '../../../src/onnx/graph.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { float32Tensor, int64Tensor } from '../../../src/onnx/tensor.js';
import { removeIdentities } from '../../../src/optimize/passes/remove-identities.js';
import { noise } from '../../onnx/every-value.js';
import { int, ints, smallModel } from '../../onnx/small-model.js';
import { where } from '../../optional.js';
import { outputsOf } from './outputs-of.js';

const YOLOX = join(PROJECT_ROOT, '../shared/models/yolox_nano_416x416.onnx');
const needsYolox = where(existsSync(YOLOX), 'shared/models/yolox_nano_416x416.onnx', test);

const CONSTANTS = {
  none: int64Tensor([0]),
  end: int64Tensor([2 ** 31 - 1]),
  axis: int64Tensor([1]),
  noPads: int64Tensor([0, 0, 0, 0, 0, 0]),
  once: int64Tensor([1, 1, 1]),
  asIs: int64Tensor([2, 3, 4]),
  flat: int64Tensor([2, 12]),
  zero: float32Tensor([], [0]),
  one: float32Tensor([], [1]),
  two: float32Tensor([], [2]),
  noScale: float32Tensor([3], [1, 1, 1]),
  shape: int64Tensor([1, 3, 1]),
};

/** Operators that are left of a row of nodes, each reading the one before; the answers are compared on the way. */
async function leftOf(nodes: readonly Omit<Node, 'name' | 'outputs' | 'domain'>[]): Promise<string[]> {
  const row = nodes.map(({ op, inputs, attributes }, i) =>
    makeNode(
      op,
      `n${i}`,
      [i === 0 ? 'x' : `v${i - 1}`, ...inputs],
      [i === nodes.length - 1 ? 'y' : `v${i}`],
      Object.fromEntries(attributes),
    ),
  );
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [2, 3, 4] }],
    outputs: [{ name: 'y', type: 'float32', dims: null }],
    constants: CONSTANTS,
    nodes: row,
  });
  const inputs = new Map([['x', float32Tensor([2, 3, 4], noise(24))]]);
  const { model: smaller, removed } = removeIdentities(model);
  assert.is(removed, nodes.length - smaller.graph.nodes.length);
  assert.equal(await outputsOf(smaller, inputs), await outputsOf(model, inputs));
  return smaller.graph.nodes.map(({ op }) => op);
}

const step = (op: string, inputs: readonly string[] = [], attributes: Parameters<typeof makeNode>[4] = {}) => ({
  op,
  inputs,
  attributes: new Map(Object.entries(attributes)),
});

test('nodes that hand on what they read go', async () => {
  const left = await leftOf([
    step('Identity'),
    step('Exp'),
    step('Dropout'),
    step('Cast', [], { to: int(1) }),
    step('Transpose', [], { perm: ints(0, 1, 2) }),
    step('Reshape', ['asIs']),
    step('Slice', ['none', 'end', 'axis']),
    step('Concat', [], { axis: int(1) }),
    step('Pad', ['noPads']),
    step('Tile', ['once']),
    step('Expand', ['shape']),
    step('Clip'),
    step('Add', ['zero']),
    step('Mul', ['one']),
    step('Resize', ['', 'noScale']),
    step('Split', [], { axis: int(0) }),
    step('Neg'),
    step('Identity'),
  ]);
  assert.equal(left, ['Exp', 'Neg']);
});

test('nodes that change something stay', async () => {
  const nodes = [
    step('Transpose', [], { perm: ints(0, 2, 1) }),
    step('Slice', ['axis', 'end', 'axis']),
    step('Mul', ['two']),
    step('Neg'),
  ];
  assert.equal(await leftOf(nodes), ['Transpose', 'Slice', 'Mul', 'Neg']);
});

test('a ReLU after a ReLU goes', async () => {
  assert.equal(await leftOf([step('Relu'), step('Relu'), step('Neg'), step('Relu')]), ['Relu', 'Neg', 'Relu']);
});

test('two transpositions become one, and none where they cancel each other', async () => {
  const turn = step('Transpose', [], { perm: ints(1, 2, 0) });
  assert.equal(await leftOf([turn, turn, step('Neg')]), ['Transpose', 'Neg']);
  assert.equal(await leftOf([turn, turn, turn, step('Neg')]), ['Neg']);
});

test('of two reshapes the last is left', async () => {
  assert.equal(await leftOf([step('Neg'), step('Reshape', ['flat']), step('Reshape', ['asIs']), step('Neg')]), [
    'Neg',
    'Neg',
  ]);
});

test('an output that is an input stays an Identity', async () => {
  assert.equal(await leftOf([step('Cast', [], { to: int(1) })]), ['Identity']);
});

test('an operator that is not known is left alone', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['n'] }],
    outputs: [{ name: 'y', type: 'float32', dims: null }],
    nodes: [
      makeNode('Identity', 'a', ['x'], ['b']),
      { ...makeNode('Warp', 'w', ['b'], ['c']), domain: 'com.example' },
      makeNode('Cast', 'cast', ['c'], ['y'], { to: int(1) }),
    ],
  });
  const { model: smaller } = removeIdentities(model);
  assert.equal(
    smaller.graph.nodes.map(({ op, inputs }) => [op, inputs[0]]),
    [
      ['Warp', 'x'],
      ['Cast', 'c'],
    ],
  );
});

needsYolox('YOLOX-nano without identities computes the same', async () => {
  const model = readModel(YOLOX);
  const inputs = new Map([['images', float32Tensor([1, 3, 416, 416], noise(3 * 416 * 416))]]);
  assert.equal(await outputsOf(removeIdentities(model).model, inputs), await outputsOf(model, inputs));
});

test.run();
