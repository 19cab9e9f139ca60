import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { makeNode, type Node } from '../../src/onnx/graph.js';
import { readModel } from '../../src/onnx/model-file.js';
import { inferKnownShapes, inferShapes } from '../../src/onnx/shapes.js';
import { float32Tensor, int64Tensor, type Tensor, uint8Tensor } from '../../src/onnx/tensor.js';
import { where } from '../optional.js';
import { inferredAndReal, noise, zeros } from './every-value.js';
import { float, floats, int, ints, smallModel, string } from './small-model.js';

const roadside = (name: string) => join(PROJECT_ROOT, 'models', name, `${name}.onnx`);
const YOLOX = join(PROJECT_ROOT, '../shared/models/yolox_nano_416x416.onnx');
const needsYolox = where(existsSync(YOLOX), 'shared/models/yolox_nano_416x416.onnx', test);

/** Runs some nodes on inputs and constants, and compares every shape with ONNX Runtime's. */
async function agrees(
  nodes: readonly Node[],
  inputs: Readonly<Record<string, Tensor>>,
  constants: Readonly<Record<string, Tensor>> = {},
  opset = 17,
): Promise<readonly string[]> {
  const model = smallModel({
    inputs: Object.entries(inputs).map(([name, { type, dims }]) => ({
      name,
      type,
      dims: dims.map((_, i) => `${name}${i}`),
    })),
    outputs: [],
    constants,
    nodes,
    opset,
  });
  const { inferred, real } = await inferredAndReal(model, new Map(Object.entries(inputs)));
  assert.equal(inferred, real);
  return inferred;
}

const floatsOf = (...dims: number[]) => float32Tensor(dims, noise(dims.reduce((n, dim) => n * dim, 1)));
const node = (
  op: string,
  inputs: readonly string[],
  attributes: Parameters<typeof makeNode>[4] = {},
  outputs: readonly string[] = [`${op}_${inputs.join('_')}_${Object.keys(attributes).join('_')}`],
) => makeNode(op, outputs[0]!, inputs, outputs, attributes);

for (const [name, height, width] of [
  ['roadside-n', 64, 96],
  ['roadside-n', 256, 416],
  ['roadside-s', 96, 160],
] as const) {
  test(`every value of ${name} at ${width}x${height} has the shape and type that ONNX Runtime gives it`, async () => {
    const inputs = new Map([['images', float32Tensor([2, 3, height, width], noise(2 * 3 * height * width))]]);
    const { inferred, real } = await inferredAndReal(readModel(roadside(name)), inputs);
    assert.ok(real.length > 180);
    assert.equal(inferred, real);
  });
}

needsYolox('every value of YOLOX-nano has the shape and type that ONNX Runtime gives it', async () => {
  const inputs = new Map([['images', float32Tensor([1, 3, 416, 416], noise(3 * 416 * 416))]]);
  const { inferred, real } = await inferredAndReal(readModel(YOLOX), inputs);
  assert.ok(real.length > 360);
  assert.equal(inferred, real);
});

test('operators that work element by element keep or broadcast their shape', async () => {
  // biome-ignore format: words read better in rows than one to a line
  const unary = [
    'Relu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Erf', 'Exp', 'Sqrt', 'Abs', 'Neg', 'Floor', 'Ceil',
    'Round', 'Softplus', 'LeakyRelu', 'Elu', 'Softmax', 'LogSoftmax', 'Identity', 'Reciprocal', 'Sign', 'Clip',
  ].map((op) => node(op, ['x']));
  const binary = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Mean', 'Sum', 'PRelu'].map((op) =>
    node(op, ['x', 'y']),
  );
  const comparisons = ['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual'].map((op) => node(op, ['x', 'y']));
  const rest = [
    node('And', ['Equal_x_y_', 'Less_x_y_']),
    node('Not', ['Equal_x_y_']),
    node('Where', ['Equal_x_y_', 'x', 'y']),
    node('Cast', ['x'], { to: int(10) }),
    node('Mod', ['x', 'y'], { fmod: int(1) }),
    node('Dropout', ['x'], {}, ['dropped', 'mask']),
    node('CumSum', ['x', 'axis']),
    node('IsNaN', ['x']),
  ];
  await agrees(
    [...unary, ...binary, ...comparisons, ...rest],
    { x: floatsOf(2, 3, 4), y: floatsOf(3, 1) },
    { axis: { ...int64Tensor([1], []) } },
  );
});

test('newer activations keep their shape', async () => {
  await agrees([node('Mish', ['x']), node('Gelu', ['x'])], { x: floatsOf(1, 4, 3) }, {}, 20);
});

test('convolutions, strided, dilated, grouped, padded by themselves and transposed', async () => {
  await agrees(
    [
      node('Conv', ['x', 'w'], { pads: ints(1, 1, 1, 1), strides: ints(2, 2) }),
      node('Conv', ['x', 'w'], { dilations: ints(2, 1), kernel_shape: ints(3, 3) }),
      node('Conv', ['x', 'w'], { auto_pad: string('SAME_UPPER'), strides: ints(2, 3) }),
      node('Conv', ['x', 'w'], { auto_pad: string('VALID') }),
      node('Conv', ['x', 'depthwise', 'bias'], { group: int(4), pads: ints(1, 0, 2, 1) }),
      node('ConvTranspose', ['x', 'up'], { strides: ints(2, 2) }),
      node('ConvTranspose', ['x', 'up'], { strides: ints(2, 3), output_padding: ints(1, 2), pads: ints(1, 0, 0, 1) }),
    ],
    { x: floatsOf(2, 4, 13, 17) },
    { w: floatsOf(6, 4, 3, 3), depthwise: floatsOf(8, 1, 3, 3), bias: floatsOf(8), up: floatsOf(4, 5, 2, 2) },
  );
});

test('pooling rounds as it says, and the last window begins inside', async () => {
  const pools = ['MaxPool', 'AveragePool'].flatMap((op) => [
    node(op, ['x'], { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
    node(op, ['x'], { kernel_shape: ints(3, 3), strides: ints(2, 2), ceil_mode: int(1) }),
    node(op, ['x'], { kernel_shape: ints(1, 2), strides: ints(3, 2), ceil_mode: int(1), pads: ints(0, 1, 0, 1) }),
    node(op, ['x'], { kernel_shape: ints(5, 5), pads: ints(2, 2, 2, 2) }),
    node(op, ['x'], { kernel_shape: ints(3, 3), strides: ints(2, 2), auto_pad: string('SAME_LOWER') }),
  ]);
  const global = ['GlobalAveragePool', 'GlobalMaxPool'].map((op) => node(op, ['x']));
  await agrees([...pools, ...global], { x: floatsOf(1, 3, 14, 11) });
});

test('normalisations keep their shape', async () => {
  await agrees(
    [
      node('BatchNormalization', ['x', 'c', 'c', 'c', 'positive']),
      node('InstanceNormalization', ['x', 'c', 'c']),
      node('LayerNormalization', ['x', 'w', 'w'], { axis: int(-1) }, ['normal', 'mean', 'deviation']),
    ],
    { x: floatsOf(2, 3, 4, 5) },
    { c: floatsOf(3), positive: float32Tensor([3], [1, 2, 3]), w: floatsOf(5) },
  );
});

test('Resize by scales, sizes and with kept aspect', async () => {
  await agrees(
    [
      node('Resize', ['x', '', 'scales'], { mode: string('nearest') }),
      node('Resize', ['x', '', 'odd'], { mode: string('linear') }),
      node('Resize', ['x', '', '', 'sizes'], { mode: string('linear') }),
      node('Resize', ['x', '', '', 'two'], { axes: ints(2, 3), keep_aspect_ratio_policy: string('not_larger') }),
      node('Resize', ['x', '', '', 'two'], {
        axes: ints(3, 2),
        keep_aspect_ratio_policy: string('not_smaller'),
        mode: string('linear'),
      }),
    ],
    { x: floatsOf(1, 2, 7, 9) },
    {
      scales: float32Tensor([4], [1, 1, 2, 2]),
      odd: float32Tensor([4], [1, 1, 1.7, 0.4]),
      sizes: int64Tensor([1, 2, 10, 5]),
      two: int64Tensor([20, 40]),
    },
    19,
  );
  await agrees([node('Upsample', ['x', 's'])], { x: floatsOf(1, 2, 3, 5) }, { s: float32Tensor([4], [1, 1, 2, 3]) }, 9);
});

test('arranging: Transpose, Reshape, Flatten, Concat, Split, Slice, Pad, Tile, Expand, Squeeze, Unsqueeze', async () => {
  await agrees(
    [
      node('Transpose', ['x'], { perm: ints(0, 2, 1, 3) }),
      node('Transpose', ['x']),
      node('Reshape', ['x', 'shape']),
      node('Flatten', ['x'], { axis: int(2) }),
      node('Flatten', ['x']),
      node('Concat', ['x', 'x'], { axis: int(-2) }),
      node('Split', ['x', 'parts'], { axis: int(1) }, ['a', 'b']),
      node('Split', ['x'], { axis: int(2) }, ['c', 'd']),
      node('Slice', ['x', 'starts', 'ends', 'axes', 'steps']),
      node('Slice', ['x', 'starts', 'ends']),
      node('Pad', ['x', 'pads']),
      node('Tile', ['x', 'repeats']),
      node('Expand', ['y', 'expanded']),
      node('Squeeze', ['y', 'first']),
      node('Squeeze', ['y']),
      node('Unsqueeze', ['x', 'ends2']),
      node('DepthToSpace', ['big'], { blocksize: int(2) }),
      node('SpaceToDepth', ['x'], { blocksize: int(2) }),
    ],
    { x: floatsOf(2, 3, 4, 6), y: floatsOf(1, 3, 1), big: floatsOf(1, 8, 2, 3) },
    {
      shape: int64Tensor([0, -1, 6]),
      parts: int64Tensor([1, 2]),
      starts: int64Tensor([-1, 1]),
      ends: int64Tensor([-100, 2 ** 31 - 1]),
      axes: int64Tensor([3, -2]),
      steps: int64Tensor([-2, 2]),
      pads: int64Tensor([0, 0, 1, 2, 0, 0, 3, -1]),
      repeats: int64Tensor([1, 2, 1, 3]),
      expanded: int64Tensor([4, 1, 2]),
      first: int64Tensor([0]),
      ends2: int64Tensor([0, -1]),
    },
  );
});

test('choosing: Gather, GatherElements, GatherND, ScatterND, TopK, ArgMax, OneHot, NonZero, NonMaxSuppression', async () => {
  const lines = await agrees(
    [
      node('Gather', ['x', 'some'], { axis: int(1) }),
      node('Gather', ['x', 'one']),
      node('GatherElements', ['x', 'elements'], { axis: int(1) }),
      node('GatherND', ['x', 'nd']),
      node('GatherND', ['x', 'elements'], { batch_dims: int(1) }),
      node('ScatterND', ['x', 'nd', 'updates']),
      node('TopK', ['x', 'k'], { axis: int(1) }, ['best', 'at']),
      node('ArgMax', ['x'], { axis: int(1), keepdims: int(0) }),
      node('ArgMax', ['x']),
      node('OneHot', ['some', 'depth', 'onOff']),
      node('NonZero', ['ones']),
      node('NonMaxSuppression', ['boxes', 'scores', 'most']),
    ],
    { x: floatsOf(2, 3, 4), ones: float32Tensor([2, 3], [1, 1, 1, 1, 1, 1]), scores: floatsOf(1, 2, 3) },
    {
      some: int64Tensor([0, 2, 1, 1], [2, 2]),
      one: int64Tensor([1], []),
      elements: int64Tensor([0, 1, 2, 1], [2, 2, 1]),
      nd: int64Tensor([0, 1, 1, 2], [2, 2]),
      updates: floatsOf(2, 4),
      k: int64Tensor([2]),
      depth: int64Tensor([5], []),
      onOff: float32Tensor([2], [0, 1]),
      // three boxes far from each other: none suppresses another
      boxes: float32Tensor([1, 3, 4], [0, 0, 1, 1, 5, 5, 6, 6, 10, 10, 11, 11]),
      most: int64Tensor([2]),
    },
  );
  assert.ok(lines.some((line) => line.endsWith('int64 [4, 3]')));
});

test('summing: MatMul, Gemm, Einsum and the reductions', async () => {
  await agrees(
    [
      node('MatMul', ['x', 'w']),
      node('MatMul', ['x', 'v']),
      node('Gemm', ['m', 'w2', 'v3'], { transA: int(1), transB: int(1) }),
      node('Einsum', ['x', 'w'], { equation: string('bij,jk->bik') }),
      node('ReduceMean', ['x'], { axes: ints(1, -1) }),
      node('ReduceMax', ['x'], { axes: ints(0), keepdims: int(0) }),
      node('ReduceSum', ['x', 'axes'], { keepdims: int(0) }),
      node('ReduceProd', ['x'], { keepdims: int(0) }),
      node('ReduceL2', ['x'], { axes: ints(2) }),
    ],
    { x: floatsOf(2, 3, 4), m: floatsOf(4, 5) },
    { w: floatsOf(4, 6), v: floatsOf(4), w2: floatsOf(3, 4), v3: floatsOf(3), axes: int64Tensor([1]) },
  );
});

test('axes of reductions are an input from operator set 18 on', async () => {
  const axes = { axes: int64Tensor([-1]) };
  await agrees(
    [node('ReduceMax', ['x', 'axes']), node('Split', ['x'], { axis: int(1), num_outputs: int(2) }, ['a', 'b'])],
    { x: floatsOf(2, 5, 4) },
    axes,
    18,
  );
});

test('quantization changes types and no shapes', async () => {
  const constants = { s: float32Tensor([], [0.1]), z: { type: 'int8', dims: [], bytes: new Uint8Array(1) } as const };
  await agrees(
    [
      node('QuantizeLinear', ['x', 's', 'z'], {}, ['q']),
      node('DequantizeLinear', ['q', 's', 'z']),
      node('QuantizeLinear', ['x', 's']),
      node('DynamicQuantizeLinear', ['x'], {}, ['dynamic', 'scale', 'zero']),
      node('MatMulInteger', ['dynamic', 'w']),
    ],
    { x: floatsOf(2, 3) },
    { ...constants, w: uint8Tensor([3, 4], new Uint8Array(12)) },
  );
});

test('sizes are computed through Shape, Gather, Range, ConstantOfShape, Where, Equal, ReduceProd and the rest', async () => {
  await agrees(
    [
      node('Shape', ['x'], {}, ['shape']),
      node('Gather', ['shape', 'two'], {}, ['height']),
      node('Gather', ['shape', 'three'], {}, ['width']),
      node('Mul', ['height', 'width'], {}, ['area']),
      node('Range', ['zero', 'area', 'step'], {}, ['range']),
      node('Cast', ['height'], { to: int(1) }, ['heightFloat']),
      node('Div', ['heightFloat', 'three_f'], {}, ['third']),
      node('Ceil', ['third'], {}, ['rows']),
      node('Cast', ['rows'], { to: int(7) }, ['rowsInt']),
      node('Unsqueeze', ['rowsInt', 'axis'], {}, ['rowsList']),
      node('Concat', ['rowsList', 'minusOne'], { axis: int(0) }, ['expandTo']),
      node('Equal', ['expandTo', 'minusOne'], {}, ['isFree']),
      node('Shape', ['expandTo'], {}, ['rank']),
      node('ConstantOfShape', ['rank'], { value: { type: 'tensor', value: int64Tensor([1]) } }, ['ones']),
      node('Where', ['isFree', 'ones', 'expandTo'], {}, ['target']),
      node('Expand', ['range', 'rowsByRange'], {}, ['grid0']),
      node('Expand', ['scalar', 'target'], {}, ['grid']),
      node('Slice', ['shape', 'axis', 'twoList'], {}, ['front']),
      node('ReduceProd', ['shape'], { keepdims: int(0) }, ['count']),
      node('Concat', ['front', 'minusOne'], { axis: int(0) }, ['flat']),
      node('Reshape', ['x', 'flat']),
      node('Range', ['zero', 'count', 'five'], {}, ['counted']),
      node('Split', ['shape'], { axis: int(0) }, ['first', 'second']),
      node('Tile', ['first', 'twoList'], {}, ['tiled']),
      node('ConstantOfShape', ['tiled'], {}, ['zeros']),
      node('Transpose', ['shape'], {}, ['same']),
      node('Min', ['height', 'five'], {}, ['k']),
      node('Reshape', ['k', 'oneList'], {}, ['kList']),
      node('TopK', ['range', 'kList'], {}, ['best', 'at']),
      node('Mod', ['height', 'five'], {}, ['rest']),
      node('Range', ['zero', 'rest', 'step'], {}, ['short']),
      node('Size', ['x'], {}, ['size']),
      node('NonZero', ['ones'], {}, ['where']),
      node('Gather', ['shape', 'where'], {}, ['byWhere']),
    ],
    { x: zeros('float32', [1, 3, 7, 4]) },
    {
      two: int64Tensor([2], []),
      three: int64Tensor([3], []),
      three_f: float32Tensor([], [3]),
      zero: int64Tensor([0], []),
      step: int64Tensor([1], []),
      five: int64Tensor([5], []),
      axis: int64Tensor([0]),
      oneList: int64Tensor([1]),
      twoList: int64Tensor([2]),
      minusOne: int64Tensor([-1]),
      scalar: floatsOf(1),
      rowsByRange: int64Tensor([3, 1]),
    },
  );
});

test('an operator that is not known is named with its node', () => {
  const strange: Node = {
    ...node('Warp', ['x'], { by: float(1), to: floats(1, 2) }, ['y']),
    name: 'n7',
    domain: 'com.example',
  };
  const model = smallModel({ inputs: [{ name: 'x', type: 'float32', dims: [1] }], outputs: [], nodes: [strange] });
  assert.throws(
    () => inferShapes(model, new Map()),
    (error: { code: string; message: string }) =>
      error.code === 'E_MODEL' && error.message === 'node n7: operator com.example.Warp is not known',
  );
});

test('what lies before an operator that is not known can still be asked for', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 2] }],
    outputs: [],
    nodes: [node('Relu', ['x'], {}, ['a']), node('Warp', ['a'], {}, ['b']), node('Relu', ['b'], {}, ['c'])],
  });
  assert.equal([...inferKnownShapes(model).keys()], ['x', 'a']);
});

test('an input of open size must be given one, and one of fixed size keeps it', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['n', 3] }],
    outputs: [],
    nodes: [node('Relu', ['x'])],
  });
  assert.throws(() => inferShapes(model, new Map()), /input x \[n, 3\] has no fixed size/);
  assert.throws(() => inferShapes(model, new Map([['x', [2, 4]]])), /input x is \[n, 3\], not \[2, 4\]/);
});

test('a shape that depends on what the model computes is refused', () => {
  const model = smallModel({
    inputs: [
      { name: 'x', type: 'float32', dims: [4] },
      { name: 'shape', type: 'int64', dims: [2] },
    ],
    outputs: [],
    nodes: [node('Reshape', ['x', 'shape'], {}, ['y'])],
  });
  assert.throws(() => inferShapes(model, new Map()), /node y \(Reshape\) has a shape that depends on shape/);
});

test.run();
