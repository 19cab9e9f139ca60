import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { makeNode } from '../../src/onnx/graph.js';
import { readModel } from '../../src/onnx/model-file.js';
import { float32Tensor, int64Tensor } from '../../src/onnx/tensor.js';
import { summarizeModel } from '../../src/optimize/summary.js';
import { int, ints, smallModel } from '../onnx/small-model.js';
import { where } from '../optional.js';

const YOLOX = join(PROJECT_ROOT, '../shared/models/yolox_nano_416x416.onnx');
const needsYolox = where(existsSync(YOLOX), 'shared/models/yolox_nano_416x416.onnx', test);
const zeros = (...dims: number[]) => float32Tensor(dims, new Float32Array(dims.reduce((n, dim) => n * dim, 1)));

test('layers are told with their shapes, multiplications, parameters and bytes', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['n', 3, 8, 8] }],
    outputs: [],
    constants: { w: zeros(4, 3, 3, 3), b: zeros(4), flat: int64Tensor([0, -1]), m: zeros(144, 10) },
    nodes: [
      makeNode('Conv', 'conv', ['x', 'w', 'b'], ['c']),
      makeNode('Reshape', 'flatten', ['c', 'flat'], ['f']),
      makeNode('MatMul', 'linear', ['f', 'm'], ['y']),
    ],
  });
  assert.equal(summarizeModel(model, new Map([['x', [2, 3, 8, 8]]])), {
    layers: [
      { name: 'conv', op: 'Conv', outputDims: [2, 4, 6, 6], macs: 2 * 4 * 36 * 27, parameters: 112, bytes: 448 },
      { name: 'flatten', op: 'Reshape', outputDims: [2, 144], macs: 0, parameters: 0, bytes: 0 },
      { name: 'linear', op: 'MatMul', outputDims: [2, 10], macs: 2 * 144 * 10, parameters: 1440, bytes: 5760 },
    ],
    macs: 7776 + 2880,
    parameters: 1552,
    bytes: 6208,
  });
});

test('weights that are int8 are told with the layer that uses them, and shared ones once', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 2, 4, 4] }],
    outputs: [],
    constants: { q: { type: 'int8', dims: [2, 2, 1, 1], bytes: new Uint8Array(4) }, s: zeros(2) },
    nodes: [
      makeNode('DequantizeLinear', 'weights', ['q', 's'], ['w'], { axis: int(0) }),
      makeNode('Conv', 'first', ['x', 'w'], ['y'], { strides: ints(1, 1) }),
      makeNode('Conv', 'second', ['y', 'w'], ['z']),
    ],
  });
  const told = summarizeModel(model, new Map()).layers.map(({ name, macs, parameters, bytes }) => [
    name,
    macs,
    parameters,
    bytes,
  ]);
  assert.equal(told, [
    ['first', 64, 6, 12],
    ['second', 64, 0, 0],
  ]);
});

test('an operator that is not known has no shape and counts nothing', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 2] }],
    outputs: [],
    nodes: [makeNode('Warp', 'strange', ['x'], ['y'])],
  });
  assert.equal(summarizeModel(model, new Map()).layers[0], {
    name: 'strange',
    op: 'Warp',
    outputDims: null,
    macs: 0,
    parameters: 0,
    bytes: 0,
  });
});

test('an input of open size must be given one', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['n'] }],
    outputs: [],
    nodes: [makeNode('Relu', 'relu', ['x'], ['y'])],
  });
  assert.throws(() => summarizeModel(model, new Map()), /input x \[n\] has no fixed size: say which/);
});

needsYolox('YOLOX-nano has 0.90 million parameters and half a billion multiplications', () => {
  const { macs, parameters } = summarizeModel(readModel(YOLOX), new Map());
  assert.is(Math.round(parameters / 1e4), 90);
  assert.is(macs, 522_553_408);
});

test.run();
