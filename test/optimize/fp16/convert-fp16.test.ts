import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode, type Node } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { Refusal } from '../../../src/onnx/refusal.js';
import { float32Tensor, floatsOf, int64Tensor, type Tensor, uint8Tensor } from '../../../src/onnx/tensor.js';
import { convertToFp16, type Fp16Options } from '../../../src/optimize/fp16/convert-fp16.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';
import type { ModelInputs } from '../../../src/pictures/model-inputs.js';
import { ROADSIDE_FILE, roadsideRequest } from '../../detect/roadside-request.js';
import { DirectSession, loadRequest } from '../../detect/worker/onnx-session.js';
import { noise } from '../../onnx/every-value.js';
import { int, ints, smallModel } from '../../onnx/small-model.js';
import { where } from '../../optional.js';
import { PICTURES, roadPictures } from '../fused/pictures.js';

const SAME = { pads: ints(1, 1, 1, 1) };
const filters = (out: number, channels: number, factor = 0.1) =>
  float32Tensor(
    [out, channels, 3, 3],
    noise(out * channels * 9, out).map((x) => x * factor),
  );

/** × 1/255, three convolutions with what `between` puts between them, a sigmoid. */
function model({ between = [] as readonly Node[], constants = {} as Record<string, Tensor>, opset = 17 } = {}): Model {
  const last = between.at(-1)?.outputs[0] ?? 'second';
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: ['n', 3, 'h', 'w'] }],
    outputs: [
      { name: 'scores', type: 'float32', dims: null },
      { name: 'second', type: 'float32', dims: null },
    ],
    constants: {
      factor: float32Tensor([], [1 / 255]),
      w1: filters(4, 3),
      w2: filters(5, 4),
      w3: filters(6, 5),
      ...constants,
    },
    nodes: [
      makeNode('Mul', 'mul', ['images', 'factor'], ['scaled']),
      makeNode('Conv', 'conv1', ['scaled', 'w1'], ['first'], SAME),
      makeNode('Relu', 'relu', ['first'], ['positive']),
      makeNode('Conv', 'conv2', ['positive', 'w2'], ['second'], SAME),
      ...between,
      makeNode('Conv', 'conv3', [last, 'w3'], ['third'], SAME),
      makeNode('Sigmoid', 'sigmoid', ['third'], ['scores']),
    ],
    opset,
  });
}

const picture = (side = 8) =>
  new Map([
    [
      'images',
      float32Tensor(
        [1, 3, side, side],
        noise(3 * side * side).map((x) => (x + 1) * 127),
      ),
    ],
  ]);
const INPUTS: ModelInputs = { count: 2, read: async () => picture() };

const convert = (from: Model, options: Partial<Fp16Options> = {}) =>
  convertToFp16(from, { inputs: INPUTS, ...options });

async function run(from: Model): Promise<Map<string, Tensor>> {
  const session = await GraphSession.open(from);
  const results = await session.run(picture(12));
  await session.close();
  return results;
}

const casts = ({ graph }: Model) =>
  graph.nodes.filter(({ op }) => op === 'Cast').map(({ inputs, outputs }) => `${inputs[0]} > ${outputs[0]}`);

test('the result takes and gives floats, and computes nearly the same', async () => {
  const from = model();
  const { model: half, keptInFloat } = await convert(from);
  assert.equal(keptInFloat, []);
  assert.equal(half.graph.inputs, from.graph.inputs);
  assert.equal(half.graph.outputs, from.graph.outputs);
  const [expected, actual] = [await run(from), await run(half)];
  for (const [name, tensor] of expected) {
    const values = floatsOf(actual.get(name)!);
    for (const [i, value] of floatsOf(tensor).entries()) assert.ok(Math.abs(value - values[i]!) < 2e-3, name);
  }
});

test('weights are half precision; casts stand where the precisions meet, once for each value', async () => {
  const { model: half } = await convert(model());
  const types = [...half.graph.initializers.values()].map(({ type }) => type);
  assert.equal(new Set(types), new Set(['float16']));
  assert.equal(casts(half).sort(), ['images > images_half', 'second_half > second', 'third > third_float'].sort());
});

test('what lies behind the last convolution stays in float', async () => {
  const { model: half } = await convert(model());
  const sigmoid = half.graph.nodes.find(({ op }) => op === 'Sigmoid')!;
  assert.equal(sigmoid.inputs, ['third_float']);
});

test('a node whose values half precision cannot hold stays in float, and its neighbours do not', async () => {
  const large = [makeNode('Mul', 'enlarge', ['second', 'large'], ['huge'])];
  const from = model({
    between: large,
    constants: { large: float32Tensor([], [60_000]), w2: filters(5, 4, 3), w3: filters(6, 5, 1e-6) },
  });
  const { model: half, keptInFloat } = await convert(from);
  assert.equal(
    keptInFloat.map(({ node }) => node),
    ['enlarge', 'conv3'],
  );
  assert.match(keptInFloat[0]!.reason, /^huge reaches .*, half precision 65504$/);
  assert.ok(casts(half).some((cast) => cast.startsWith('second_half >')));
  const [expected, actual] = [await run(from), await run(half)];
  const values = floatsOf(actual.get('scores')!);
  for (const [i, value] of floatsOf(expected.get('scores')!).entries()) assert.ok(Math.abs(value - values[i]!) < 2e-3);
});

test('weights that are too small for half precision stay in float', async () => {
  const { keptInFloat } = await convert(model({ constants: { w3: filters(6, 5, 1e-7) } }));
  assert.equal(
    keptInFloat.map(({ node }) => node),
    ['conv3'],
  );
  assert.match(keptInFloat[0]!.reason, /^w3 loses .* % in half precision$/);
});

test('operators and nodes on the block list stay in float', async () => {
  const byName = await convert(model(), { blockList: ['conv2'] });
  assert.equal(byName.keptInFloat, [{ node: 'conv2', reason: 'it is on the block list' }]);
  const byOperator = await convert(model(), { blockList: ['Relu'] });
  assert.equal(byOperator.keptInFloat, [{ node: 'relu', reason: 'Relu is on the block list' }]);
  const all = await convert(model(), { blockList: ['Conv'] }).catch((error: Error) => error);
  assert.instance(all, Refusal);
});

test('nodes between others that stay in float are not cast to and fro', async () => {
  const { keptInFloat, model: half } = await convert(model(), { blockList: ['conv1', 'conv2'] });
  assert.ok(keptInFloat.some(({ node, reason }) => node === 'relu' && /nothing heavy around it/.test(reason)));
  assert.equal(casts(half), ['second > second_half', 'third > third_float']);
});

test('arithmetic with sizes and the scales of Resize stay exact', async () => {
  const between = [
    makeNode('Shape', 'shape', ['second'], ['size']),
    makeNode('Slice', 'sides', ['size', 'two', 'four'], ['sides']),
    makeNode('Cast', 'number', ['sides'], ['numbers'], { to: int(1) }),
    makeNode('Mul', 'double', ['numbers', 'twice'], ['wanted']),
    makeNode('Cast', 'whole', ['wanted'], ['target'], { to: int(7) }),
    makeNode('Concat', 'all', ['front', 'target'], ['sizes'], { axis: int(0) }),
    makeNode('Resize', 'resize', ['second', '', '', 'sizes'], ['resized']),
    makeNode('Resize', 'again', ['resized', '', 'scales'], ['large']),
  ];
  const constants = {
    two: int64Tensor([2]),
    four: int64Tensor([4]),
    front: int64Tensor([1, 5]),
    twice: float32Tensor([], [2]),
    scales: float32Tensor([4], [1, 1, 2, 2]),
  };
  const from = model({ between, constants });
  const { model: half } = await convert(from);
  assert.equal(half.graph.constant('twice')!.type, 'float32');
  assert.equal(half.graph.constant('scales')!.type, 'float32');
  const [expected, actual] = [await run(from), await run(half)];
  assert.equal(actual.get('scores')!.dims, expected.get('scores')!.dims);
});

test('a quantized model and one of half precision are refused', async () => {
  const quantized = model({
    between: [
      makeNode('QuantizeLinear', 'q', ['second', 'scale', 'zero'], ['bytes']),
      makeNode('DequantizeLinear', 'dq', ['bytes', 'scale', 'zero'], ['back']),
    ],
    constants: { scale: float32Tensor([], [0.1]), zero: uint8Tensor([], Uint8Array.of(0)) },
  });
  const { model: half } = await convert(model());
  for (const [from, reason] of [
    [quantized, /the model is quantized \(node q, QuantizeLinear\)/],
    [half, /the model has 16-bit floats already/],
  ] as const) {
    const error = await convert(from).catch((error: Error) => error);
    assert.instance(error, Refusal);
    assert.match((error as Error).message, reason);
  }
});

test('the model that is converted stays as it was', async () => {
  const from = model();
  const before = Buffer.concat(encodeModel(from));
  await convert(from);
  assert.ok(before.equals(Buffer.concat(encodeModel(from))));
});

test('it tells how far it is, and stops when it is told to', async () => {
  const seen: string[] = [];
  await convert(model(), { onProgress: (done, total) => seen.push(`${done}/${total}`) });
  assert.equal(seen, ['1/2', '2/2']);
  const error = await convert(model(), { signal: AbortSignal.abort(new Error('enough')) }).catch(
    (error: Error) => error,
  );
  assert.is((error as Error).message, 'enough');
});

where(
  ROADSIDE_FILE !== null && existsSync(PICTURES),
  'roadside-n and its pictures',
  test,
)('roadside-n in half precision finds the same vehicles', async () => {
  const pictures = await roadPictures(4, 160, 96);
  const images = pictures.map((bytes) =>
    float32Tensor(
      [1, 3, 96, 160],
      Float32Array.from({ length: bytes.length }, (_, i) => bytes[(i % 15_360) * 3 + Math.floor(i / 15_360)]!),
    ),
  );
  const inputs = { count: 4, read: async (i: number) => new Map([['images', images[i]!]]) };
  const { model: half, keptInFloat } = await convertToFp16(readModel(ROADSIDE_FILE!), { inputs });
  assert.equal(keptInFloat, []);
  const request = roadsideRequest({ input: loadRequest({ width: 160, height: 96 }).input });
  const [before, after] = [
    await DirectSession.open(ROADSIDE_FILE!, request),
    await DirectSession.open(Buffer.concat(encodeModel(half)), request),
  ];
  const expected = (await before.detect(...pictures)).flat();
  const rows = (await after.detect(...pictures)).flat();
  assert.ok(expected.length > 3);
  assert.is(rows.length, expected.length);
  for (const [i, row] of expected.entries()) {
    for (const [k, value] of row.entries()) assert.ok(Math.abs(value - rows[i]![k]!) < (k === 4 ? 0.02 : 0.6));
  }
  await before.release();
  await after.release();
});

test.run();
