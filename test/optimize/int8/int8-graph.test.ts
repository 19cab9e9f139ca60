import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeNode, type Node } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { float32Tensor, floatsOf, int64Tensor } from '../../../src/onnx/tensor.js';
import { CalibratedModel, type Int8Recipe } from '../../../src/optimize/int8/calibrated-model.js';
import type { Scheme } from '../../../src/optimize/int8/quantizer.js';
import {
  answer,
  compiledOperators,
  conv,
  convWeights,
  handBuilt,
  noise,
  operators,
  pictures,
  signalToNoise,
} from './hand-built.js';

const INPUTS = pictures(4);
const RECIPE: Int8Recipe = {
  method: 'min-max',
  inFloat: new Set(['last']),
  shareConcat: false,
  weightLimit: 127,
  biasShifts: new Map(),
};

async function calibrated(model: Model, scheme: Scheme = 'cpu'): Promise<CalibratedModel> {
  return CalibratedModel.of(model, scheme, [0, 255], INPUTS, { onProgress() {}, signal: undefined });
}

async function quantized(model: Model, change: Partial<Int8Recipe> = {}, scheme: Scheme = 'cpu'): Promise<Model> {
  return (await calibrated(model, scheme)).write({ ...RECIPE, ...change });
}

const int = (value: number) => ({ type: 'int', value }) as const;
const ints = (...value: number[]) => ({ type: 'ints', value }) as const;
const relu = (input: string, output: string) => makeNode('Relu', output, [input], [output]);
const scaled = makeNode('Mul', 'scaled', ['images', 'factor'], ['pixels']);
const factor = float32Tensor([], [1 / 255]);

/** first convolution, ReLU, `nodes` from `a` to `b`, last convolution */
function between(nodes: readonly Node[], channels: number, constants = {}): Model {
  return handBuilt([scaled, conv('first', 'pixels', 'x'), relu('x', 'a'), ...nodes, conv('last', 'b', 'out')], {
    ...convWeights({ first: [3, 8], middle: [8, 8], other: [8, 8], last: [channels, 4] }),
    factor,
    ...constants,
  });
}

const CHAIN = between([conv('middle', 'a', 'y'), relu('y', 'b')], 8);

test('a chain of convolutions and ReLUs computes nearly the same in int8', async () => {
  const model = await quantized(CHAIN);
  assert.ok(signalToNoise(await answer(CHAIN, INPUTS), await answer(model, INPUTS)) > 30);
});

test('ONNX Runtime turns every quantized convolution with its ReLU into one int8 kernel', async () => {
  const compiled = await compiledOperators(await quantized(CHAIN));
  assert.equal(
    [compiled['QLinearConv'], compiled['Relu'], compiled['QuantizeLinear'], compiled['DequantizeLinear']],
    [2, undefined, 1, 1],
  );
});

test('the quantizer of the picture reads the input and takes the place of the arithmetic behind it', async () => {
  const { graph } = await quantized(CHAIN);
  const [first] = graph.nodes;
  assert.is(first!.op, 'QuantizeLinear');
  assert.is(first!.inputs[0], 'images');
  assert.equal([...floatsOf(graph.constant(first!.inputs[1]!)!)], [1]);
  assert.equal([...graph.constant(first!.inputs[2]!)!.bytes], [0]);
  assert.is(operators(await quantized(CHAIN))['Mul'], undefined);
});

test('bytes survive the quantizer of the picture', async () => {
  const model = await quantized(CHAIN);
  const { graph } = model;
  const numbers = graph.nodes[0]!.outputs[0]!;
  graph.outputs = [{ name: 'bytes', type: 'float32', dims: null }];
  graph.add(makeNode('Cast', 'bytes', [numbers], ['bytes'], { to: int(1) }));
  const [, picture] = [...(await INPUTS.read(0))][0]!;
  assert.equal(await answer(model, INPUTS), floatsOf(picture));
});

test('a picture of three channels is padded to four with zeros, weights too', async () => {
  const { graph } = await quantized(CHAIN);
  const weights = [...graph.initializers].find(([name]) => name === 'first_w_int8')![1];
  assert.equal(weights.dims, [8, 4, 3, 3]);
  assert.ok(weights.bytes.subarray(27, 36).every((byte) => byte === 0));
  assert.is(graph.nodes.filter(({ op }) => op === 'Pad').length, 1);
});

test('a mean that is no pixel value leaves the picture to calibration', async () => {
  const model = between([makeNode('Identity', 'same', ['a'], ['b'])], 8, { factor: float32Tensor([], [0.5]) });
  model.graph.replace(model.graph.nodes[0]!, makeNode('Sub', 'scaled', ['images', 'factor'], ['pixels']));
  assert.is((await calibrated(model)).picture, null);
});

test('a mean that is a pixel value becomes the zero point', async () => {
  const model = between([makeNode('Identity', 'same', ['a'], ['b'])], 8, { factor: float32Tensor([], [128]) });
  model.graph.replace(model.graph.nodes[0]!, makeNode('Sub', 'scaled', ['images', 'factor'], ['pixels']));
  const { picture } = await calibrated(model);
  assert.equal([picture?.reads.zeroPoint, picture?.writes.zeroPoint, picture?.writes.scale], [0, 128, 1]);
});

test('operations that move numbers run on int8, with the quantizer of their input', async () => {
  const model = between(
    [
      makeNode('MaxPool', 'pool', ['a'], ['p'], { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
      makeNode('Resize', 'up', ['p', '', 'twice'], ['b'], {
        mode: { type: 'string', value: 'nearest' },
        coordinate_transformation_mode: { type: 'string', value: 'asymmetric' },
        nearest_mode: { type: 'string', value: 'floor' },
      }),
    ],
    8,
    { twice: float32Tensor([4], [1, 1, 2, 2]) },
  );
  const { values } = (await calibrated(model)).plan({ ...RECIPE, inFloat: new Set() });
  assert.equal([values.get('a'), values.get('p'), values.get('b')], [['a'], ['a'], ['a']]);
  const compiled = await compiledOperators(await quantized(model, { inFloat: new Set() }));
  assert.equal([compiled['QuantizeLinear'], compiled['QLinearConv']], [1, 2]);
});

const CONCAT = between(
  [conv('middle', 'a', 'y'), relu('y', 'c'), makeNode('Concat', 'joined', ['a', 'c'], ['b'], { axis: int(1) })],
  16,
);

test('a Concat requantizes its inputs, each of which has its own quantizer', async () => {
  const { values } = (await calibrated(CONCAT)).plan(RECIPE);
  assert.equal([values.get('a'), values.get('c')], [['a'], ['c']]);
  assert.is((await compiledOperators(await quantized(CONCAT, { inFloat: new Set() })))['QLinearConcat'], 1);
});

test('a Concat may share one quantizer with all that it joins', async () => {
  const { values } = (await calibrated(CONCAT)).plan({ inFloat: new Set(), shareConcat: true });
  assert.equal(
    [values.get('a'), values.get('c'), values.get('b')],
    [
      ['a', 'c'],
      ['a', 'c'],
      ['a', 'c'],
    ],
  );
});

test('a ReLU does not share with a value that may be negative, which would take its zero point away', async () => {
  const model = between(
    [conv('middle', 'a', 'c'), makeNode('Concat', 'joined', ['a', 'c'], ['b'], { axis: int(1) })],
    16,
  );
  const { values } = (await calibrated(model)).plan({ inFloat: new Set(), shareConcat: true });
  assert.equal(values.get('a'), ['a']);
});

test('sums, products and sigmoids between layers run on int8', async () => {
  const model = between(
    [
      conv('middle', 'a', 'y'),
      makeNode('Sigmoid', 'gate', ['y'], ['g']),
      makeNode('Mul', 'silu', ['y', 'g'], ['z']),
      makeNode('Add', 'residual', ['a', 'z'], ['b']),
    ],
    8,
  );
  const compiled = await compiledOperators(await quantized(model, { inFloat: new Set() }));
  assert.equal([compiled['QLinearAdd'], compiled['QLinearMul'], compiled['QLinearSigmoid']], [1, 1, 1]);
  assert.ok(signalToNoise(await answer(model, INPUTS), await answer(await quantized(model), INPUTS)) > 25);
});

test('an operation without int8 kernel stays in float between two quantized layers', async () => {
  const model = between([makeNode('HardSwish', 'swish', ['a'], ['b'])], 8);
  const made = await quantized(model, { inFloat: new Set() });
  const node = made.graph.nodes.find(({ op }) => op === 'HardSwish')!;
  assert.is(made.graph.producer(node.inputs[0]!)!.op, 'DequantizeLinear');
  assert.ok(signalToNoise(await answer(model, INPUTS), await answer(made, INPUTS)) > 25);
});

test('what asks for the shape of a quantized value looks at the int8 numbers', async () => {
  const model = between(
    [
      conv('middle', 'a', 'y'),
      relu('y', 'c'),
      makeNode('Shape', 'shape', ['c'], ['shape']),
      makeNode('Reshape', 'same', ['c', 'shape'], ['b']),
    ],
    8,
  );
  const { graph } = await quantized(model);
  const shape = graph.nodes.find(({ op }) => op === 'Shape')!;
  assert.is(graph.producer(shape.inputs[0]!)!.op, 'QuantizeLinear');
});

test('a matrix product with constant weights is quantized by columns', async () => {
  const model = between(
    [
      makeNode('Reshape', 'rows', ['a', 'rows_shape'], ['r']),
      makeNode('MatMul', 'product', ['r', 'matrix'], ['m']),
      makeNode('Reshape', 'map', ['m', 'map_shape'], ['b']),
    ],
    8,
    {
      rows_shape: int64Tensor([1, 8, 256]),
      map_shape: int64Tensor([1, 8, 16, 16]),
      matrix: float32Tensor([256, 256], noise(65536, 5)),
    },
  );
  const made = await quantized(model, { inFloat: new Set() });
  assert.equal(made.graph.constant('matrix_from_int8_scale')!.dims, [256]);
  assert.is((await compiledOperators(made))['QLinearMatMul'], 1);
});

test('an output of the graph that is quantized keeps its name', async () => {
  const made = await quantized(CHAIN, { inFloat: new Set() });
  assert.is(made.graph.outputs[0]!.name, 'out');
  assert.is(made.graph.producer('out')!.op, 'DequantizeLinear');
  assert.ok(signalToNoise(await answer(CHAIN, INPUTS), await answer(made, INPUTS)) > 30);
});

test('TensorRT gets zero points of 0 only', async () => {
  const { graph } = await quantized(CHAIN, {}, 'tensorrt');
  const zeroPoints = [...graph.initializers].filter(([name]) => name.endsWith('zero_point'));
  assert.ok(
    zeroPoints.length > 0 && zeroPoints.every(([, { type, bytes }]) => type === 'int8' && bytes.every((b) => b === 0)),
  );
  assert.ok(
    signalToNoise(await answer(CHAIN, INPUTS), await answer(await quantized(CHAIN, {}, 'tensorrt'), INPUTS)) > 25,
  );
});

test('ARM gets s8 numbers, from -128 for a picture and behind a ReLU', async () => {
  const made = await quantized(CHAIN, {}, 'arm');
  const zeroPoint = (name: string) => new Int8Array(made.graph.constant(name)!.bytes)[0];
  assert.equal([zeroPoint('images_int8_zero_point'), zeroPoint('a_int8_zero_point')], [-128, -128]);
  assert.ok(signalToNoise(await answer(CHAIN, INPUTS), await answer(made, INPUTS)) > 30);
});

test.run();
