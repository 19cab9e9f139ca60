import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type Attribute, makeNode } from '../../src/onnx/graph.js';
import { opsetOf } from '../../src/onnx/model.js';
import { readModel } from '../../src/onnx/model-file.js';
import { convertOpset } from '../../src/onnx/opset.js';
import { float32Tensor, type Tensor } from '../../src/onnx/tensor.js';
import { difference, outputsOf } from '../optimize/passes/outputs-of.js';
import { where } from '../optional.js';
import { noise } from './every-value.js';
import { float, floats, int, ints, smallModel, string } from './small-model.js';

const YOLOX = join(PROJECT_ROOT, '../shared/models/yolox_nano_416x416.onnx');
const needsYolox = where(existsSync(YOLOX), 'shared/models/yolox_nano_416x416.onnx', test);

needsYolox('YOLOX-nano of operator set 11 computes the same in 17 and in 21', async () => {
  const model = readModel(YOLOX);
  const inputs = new Map([['images', float32Tensor([1, 3, 416, 416], noise(3 * 416 * 416))]]);
  const before = await outputsOf(model, inputs);
  for (const target of [13, 17, 21]) {
    const newer = convertOpset(model, target);
    assert.is(opsetOf(newer), target);
    const after = await outputsOf(newer, inputs);
    assert.ok(difference(before.get('output')!, after.get('output')!) < 1e-6);
  }
  assert.is(opsetOf(model), 11);
});

/** One node in an old operator set, against what it became in newer ones. */
async function agrees(
  from: number,
  op: string,
  attributes: Record<string, Attribute>,
  options: { dims?: readonly number[]; open?: boolean; constants?: Record<string, Tensor>; outputs?: number } = {},
): Promise<void> {
  const { dims = [2, 3, 4, 6], open = false, constants = {}, outputs = 1 } = options;
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: open ? dims.map((_, i) => `d${i}`) : dims }],
    outputs: names.map((name) => ({ name, type: 'float32', dims: null })),
    constants,
    nodes: [makeNode(op, 'node', ['x', ...Object.keys(constants)], names, attributes)],
    opset: from,
  });
  const inputs = new Map([['x', float32Tensor(dims, noise(dims.reduce((n, dim) => n * dim, 1)))]]);
  const before = await outputsOf(model, inputs);
  for (const target of [11, 13, 17, 18, 21].filter((version) => version > from)) {
    const after = await outputsOf(convertOpset(model, target), inputs);
    for (const name of names) {
      assert.ok(difference(before.get(name)!, after.get(name)!) < 1e-6, `${op} from ${from} to ${target}`);
    }
  }
}

test('axes, parts and bounds that were attributes become inputs', async () => {
  await agrees(11, 'Unsqueeze', { axes: ints(0, 2) });
  await agrees(11, 'Squeeze', { axes: ints(1) }, { dims: [2, 1, 3] });
  await agrees(11, 'Squeeze', {}, { dims: [2, 1, 3] });
  await agrees(11, 'ReduceSum', { axes: ints(1), keepdims: int(0) });
  await agrees(11, 'ReduceMean', { axes: ints(2, 3) });
  await agrees(11, 'ReduceMax', {});
  await agrees(11, 'Split', { axis: int(1), split: ints(1, 2) }, { outputs: 2 });
  await agrees(11, 'Split', { axis: int(3) }, { outputs: 3 });
  await agrees(9, 'Slice', { starts: ints(1, 0), ends: ints(3, 1000), axes: ints(2, 3) });
  await agrees(10, 'Clip', { min: float(-0.5), max: float(0.25) });
  await agrees(10, 'Clip', { max: float(0.25) });
  await agrees(10, 'Pad', { pads: ints(0, 0, 1, 2, 0, 0, 3, 0), value: float(2) });
  await agrees(10, 'Pad', { pads: ints(0, 0, 1, 1, 0, 0, 1, 1), mode: string('reflect') });
  await agrees(11, 'Dropout', { ratio: float(0.3) });
});

test('Softmax over the last dimension, over several, and where the sizes are open', async () => {
  await agrees(11, 'Softmax', { axis: int(3) });
  await agrees(11, 'Softmax', { axis: int(2) });
  await agrees(11, 'Softmax', {});
  await agrees(11, 'LogSoftmax', { axis: int(1) }, { open: true });
  await agrees(11, 'Softmax', { axis: int(-1) }, { open: true });
});

test('Upsample and the first Resize become the Resize of today', async () => {
  const scales = { s: float32Tensor([4], [1, 1, 2, 3]) };
  await agrees(9, 'Upsample', { mode: string('nearest') }, { constants: scales });
  await agrees(9, 'Upsample', { mode: string('linear') }, { constants: scales });
  await agrees(8, 'Upsample', { mode: string('nearest'), scales: floats(1, 1, 2, 2) });
  await agrees(10, 'Resize', { mode: string('linear') }, { constants: scales });
  await agrees(10, 'Resize', { mode: string('nearest') }, { constants: { s: float32Tensor([4], [1, 1, 0.5, 2]) } });
});

test('BatchNormalization keeps what it computes', async () => {
  const c = (...values: number[]) => float32Tensor([3], values);
  const constants = { scale: c(1, 2, 3), bias: c(0, 1, 0), mean: c(0.1, 0.2, 0.3), variance: c(1, 2, 3) };
  await agrees(9, 'BatchNormalization', { epsilon: float(1e-3), momentum: float(0.9) }, { constants });
});

test('a model that is new enough is given back as it is', () => {
  const model = smallModel({ inputs: [], outputs: [], nodes: [makeNode('Relu', 'n', ['x'], ['y'])], opset: 17 });
  assert.is(convertOpset(model, 13), model);
});

test('an operator that is not known is refused, with its node', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1] }],
    outputs: [{ name: 'y', type: 'float32', dims: [1] }],
    nodes: [makeNode('Warp', 'strange', ['x'], ['y'])],
    opset: 11,
  });
  assert.throws(() => convertOpset(model, 17), /the operator is not known \(node strange, Warp\)/);
});

test('what cannot be said in the newer version is refused: a mask of Dropout that is used', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1] }],
    outputs: [{ name: 'mask', type: 'float32', dims: [1] }],
    nodes: [makeNode('Dropout', 'drop', ['x'], ['y', 'mask'])],
    opset: 9,
  });
  assert.throws(() => convertOpset(model, 17), /its mask is used \(node drop, Dropout\)/);
});

test('an operator set that is too new or too old is refused', () => {
  const model = (opset: number) =>
    smallModel({ inputs: [], outputs: [], nodes: [makeNode('Relu', 'n', ['x'], ['y'])], opset });
  assert.throws(() => convertOpset(model(17), 99), /operator set 99 is newer than 21/);
  assert.throws(() => convertOpset(model(6), 17), /operator set 6, older than 7/);
});

test.run();
