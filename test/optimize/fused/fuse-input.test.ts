import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allocateTensor, chooseFill } from '../../../src/detect/worker/tensor.js';
import type { ManifestInput } from '../../../src/models/manifest.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode, type Node } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { Refusal } from '../../../src/onnx/refusal.js';
import {
  float32Tensor,
  floatsOf,
  int8Tensor,
  int32Tensor,
  int64Tensor,
  integersOf,
  type Tensor,
  uint8Tensor,
} from '../../../src/onnx/tensor.js';
import { fuseInput } from '../../../src/optimize/fused/fuse-input.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';
import { ROADSIDE_FILE, roadsideRequest } from '../../detect/roadside-request.js';
import { DirectSession, loadRequest } from '../../detect/worker/onnx-session.js';
import { noise } from '../../onnx/every-value.js';
import { ints, smallModel } from '../../onnx/small-model.js';
import { where } from '../../optional.js';
import { PICTURES, roadPictures } from './pictures.js';

const PLAIN: ManifestInput = {
  layout: 'nchw',
  type: 'float32',
  colour: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  width: 'dynamic',
  height: 'dynamic',
  multipleOf: 4,
};

const PICTURE = { name: 'images', type: 'float32', dims: ['n', 3, 'h', 'w'] } as const;
const OUT = { name: 'out', type: 'float32', dims: null } as const;
const STEM = { strides: ints(2, 2), pads: ints(1, 1, 1, 1) };

/** × 1/255, a convolution of stride 2, a ReLU. */
function floatModel(input: typeof PICTURE | object = PICTURE): Model {
  return smallModel({
    inputs: [{ ...PICTURE, ...input }],
    outputs: [OUT],
    constants: {
      factor: float32Tensor([], [1 / 255]),
      weights: float32Tensor([5, 3, 3, 3], noise(135)),
      bias: float32Tensor([5], noise(5, 2)),
    },
    nodes: [
      makeNode('Mul', 'mul', ['images', 'factor'], ['scaled']),
      makeNode('Conv', 'conv', ['scaled', 'weights', 'bias'], ['sums'], STEM),
      makeNode('Relu', 'relu', ['sums'], ['out']),
    ],
  });
}

/** The same, quantized. @param type of the activations @param padded with a fourth channel of zeros */
function quantizedModel({
  type = 'uint8' as 'uint8' | 'int8',
  padded = false,
  kernel = 3,
  stride = 2,
  pad = 1,
} = {}): Model {
  const zero = (value: number): Tensor =>
    type === 'uint8' ? uint8Tensor([], Uint8Array.of(value)) : int8Tensor([], Int8Array.of(value - 128));
  const channels = padded ? 4 : 3;
  const count = 8 * channels * kernel * kernel;
  const scales = Float32Array.from({ length: 8 }, (_, i) => 0.001 + i * 0.0005);
  const from = padded ? 'padded' : 'numbers';
  const pads: Node[] = padded ? [makeNode('Pad', 'pad', ['numbers', 'pads', 'zero'], ['padded'])] : [];
  return smallModel({
    inputs: [PICTURE],
    outputs: [OUT],
    constants: {
      one: float32Tensor([], [1]),
      step: float32Tensor([], [Math.fround(1 / 255)]),
      zero: zero(0),
      pads: int64Tensor([0, 0, 0, 0, 0, 1, 0, 0]),
      weights: int8Tensor(
        [8, channels, kernel, kernel],
        Int8Array.from(noise(count), (x) => Math.round(x * 100)),
      ),
      scales: float32Tensor([8], scales),
      bias: int32Tensor(
        [8],
        noise(8, 3).map((x) => Math.round(x * 20_000)),
      ),
      biasScales: float32Tensor(
        [8],
        scales.map((scale) => scale / 255),
      ),
      outStep: float32Tensor([], [0.02]),
      outZero: zero(3),
    },
    nodes: [
      makeNode('QuantizeLinear', 'quantize', ['images', 'one', 'zero'], ['numbers']),
      ...pads,
      makeNode('DequantizeLinear', 'dequantize', [from, 'step', 'zero'], ['picture']),
      makeNode('DequantizeLinear', 'weights_dq', ['weights', 'scales'], ['w'], { axis: { type: 'int', value: 0 } }),
      makeNode('DequantizeLinear', 'bias_dq', ['bias', 'biasScales'], ['b'], { axis: { type: 'int', value: 0 } }),
      makeNode('Conv', 'conv', ['picture', 'w', 'b'], ['sums'], {
        strides: ints(stride, stride),
        pads: ints(pad, pad, pad, pad),
      }),
      makeNode('Relu', 'relu', ['sums'], ['positive']),
      makeNode('QuantizeLinear', 'out_q', ['positive', 'outStep', 'outZero'], ['packed']),
      makeNode('DequantizeLinear', 'out_dq', ['packed', 'outStep', 'outZero'], ['out']),
    ],
  });
}

const bytes = (count: number) => Uint8Array.from(noise(count, 9), (x) => Math.floor((x + 1) * 128));

/** What a model makes of two pictures of bytes, as its own input says they are to be given. */
async function run(model: Model, input: ManifestInput, width: number, height: number): Promise<number[]> {
  const spec = { ...input, width, height };
  const pictures = bytes(2 * width * height * 3);
  const each = width * height * 3;
  const data = allocateTensor(spec, 2);
  const fill = chooseFill(spec);
  for (let i = 0; i < 2; i++) fill(pictures.subarray(i * each, (i + 1) * each), data, i * each);
  const dims = input.layout === 'nchw' ? [2, 3, height, width] : [2, height, width, 3];
  const tensor = { type: input.type, dims, bytes: new Uint8Array(data.buffer) };
  const session = await GraphSession.open(model);
  const results = await session.run(new Map([['images', tensor]]));
  await session.close();
  const out = results.get('out')!;
  return out.type === 'float32' ? [...floatsOf(out)] : integersOf(out);
}

async function difference(model: Model, input: ManifestInput, width = 16, height = 12): Promise<number> {
  const fused = fuseInput(model, input);
  const [before, after] = [await run(model, input, width, height), await run(fused.model, fused.input, width, height)];
  assert.is(after.length, before.length);
  return before.reduce((most, value, i) => Math.max(most, Math.abs(value - after[i]!)), 0);
}

const operators = (model: Model) => model.graph.nodes.map(({ op }) => op);

for (const [what, change] of Object.entries({
  'as it is': {},
  'in BGR': { colour: 'bgr' },
  'with a scale': { scale: 1 / 255 },
  'with a deviation per channel, in BGR': { colour: 'bgr', std: [1, 2, 3] },
  'with mean and deviation': { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  'with mean and deviation, in BGR': { colour: 'bgr', mean: [103, 116, 123], std: [57, 57, 58] },
} satisfies Record<string, Partial<ManifestInput>>)) {
  test(`a picture ${what}, made in the graph, gives what it gave made outside`, async () => {
    assert.ok((await difference(floatModel(), { ...PLAIN, ...change } as ManifestInput)) < 1e-4);
  });
}

test('a model that takes its channels last does so still', async () => {
  const model = smallModel({
    inputs: [{ ...PICTURE, dims: ['n', 'h', 'w', 3] }],
    outputs: [OUT],
    nodes: [makeNode('Relu', 'relu', ['images'], ['out'])],
  });
  const input: ManifestInput = { ...PLAIN, layout: 'nhwc', colour: 'bgr', mean: [100, 110, 120], std: [2, 3, 4] };
  assert.ok((await difference(model, input)) < 1e-4);
});

test('factors become part of the first weights, so that nothing is left to multiply', () => {
  const { model, notes } = fuseInput(floatModel(), { ...PLAIN, colour: 'bgr', std: [2, 2, 2] });
  assert.equal(operators(model), ['Transpose', 'Cast', 'Conv', 'Relu']);
  assert.equal(notes, ['normalisation is part of the weights of conv']);
});

test('the fused model says what its input is', () => {
  const { model, input } = fuseInput(floatModel(), { ...PLAIN, colour: 'bgr', mean: [1, 2, 3], multipleOf: 32 });
  assert.equal(input, {
    ...PLAIN,
    layout: 'nhwc',
    type: 'uint8',
    multipleOf: 32,
  });
  assert.equal(model.graph.inputs, [{ name: 'images', type: 'uint8', dims: ['n', 'h', 'w', 3] }]);
});

test('the model that is fused stays as it was', () => {
  const model = floatModel();
  const before = Buffer.concat(encodeModel(model));
  fuseInput(model, PLAIN);
  assert.ok(before.equals(Buffer.concat(encodeModel(model))));
});

for (const [what, options] of Object.entries({
  'of uint8': {},
  'of int8': { type: 'int8' },
  'with a channel of padding': { padded: true },
  'of int8 with a channel of padding': { type: 'int8', padded: true },
  'with a first stride of 4': { kernel: 6, stride: 4, pad: 1 },
  'with a first kernel of 7': { kernel: 7, pad: 3 },
} satisfies Record<string, Parameters<typeof quantizedModel>[0]>)) {
  test(`a quantized graph ${what} takes four pixels at a time and gives the very same numbers`, async () => {
    for (const colour of ['rgb', 'bgr'] as const) {
      const model = quantizedModel(options);
      assert.match(fuseInput(model, PLAIN).notes[0]!, /4 pixels at a time/);
      assert.is(await difference(model, { ...PLAIN, colour }), 0);
    }
  });
}

test('no float picture is made for a quantized graph', () => {
  const { model } = fuseInput(quantizedModel({ padded: true }), PLAIN);
  assert.equal(operators(model).slice(0, 4).sort(), ['DequantizeLinear', 'DequantizeLinear', 'Reshape', 'Transpose']);
  assert.not.ok(operators(model).includes('Cast'));
  assert.not.ok(operators(model).includes('Pad'));
});

test('where four pixels are not to be had, bytes still go straight in', async () => {
  for (const options of [{ stride: 1 }, { padded: true, stride: 3 }]) {
    const { notes } = fuseInput(quantizedModel(options), PLAIN);
    assert.equal(notes, ['bytes go straight into the quantized graph']);
    assert.is(await difference(quantizedModel(options), { ...PLAIN, colour: 'bgr' }), 0);
  }
  const odd = { ...PLAIN, multipleOf: 2 };
  assert.equal(fuseInput(quantizedModel(), odd).notes, ['bytes go straight into the quantized graph']);
  assert.is(await difference(quantizedModel(), odd, 18, 10), 0);
});

test('a quantizer that would change the bytes is kept', async () => {
  const input = { ...PLAIN, scale: 0.5 };
  assert.ok(operators(fuseInput(quantizedModel(), input).model).includes('Cast'));
  assert.is(await difference(quantizedModel(), input), 0);
});

test('what asks for the shape of the picture hears the order that it knows', async () => {
  const model = smallModel({
    inputs: [PICTURE],
    outputs: [{ name: 'out', type: 'int64', dims: [4] }],
    nodes: [makeNode('Shape', 'shape', ['images'], ['out'])],
  });
  const fused = fuseInput(model, PLAIN);
  assert.equal(await run(fused.model, fused.input, 16, 12), [2, 3, 12, 16]);
});

test('a model that takes bytes already, or no picture of floats, is refused', () => {
  const refusal = (model: Model) => {
    try {
      fuseInput(model, PLAIN);
      return 'fused';
    } catch (error) {
      assert.instance(error, Refusal);
      return (error as Refusal).message;
    }
  };
  assert.is(refusal(floatModel({ type: 'uint8' })), 'fuse input: input images takes bytes already');
  assert.is(
    refusal(floatModel({ dims: ['n', 1, 'h', 'w'] })),
    'fuse input: input images is float32 [n, 1, h, w], expected a float32 picture',
  );
  const two = floatModel();
  two.graph.inputs = [...two.graph.inputs, { name: 'size', type: 'int64', dims: [2] }];
  assert.is(refusal(two), 'fuse input: 2 inputs, expected one picture');
});

where(
  ROADSIDE_FILE !== null && existsSync(PICTURES),
  'roadside-n and its pictures',
  test,
)('roadside-n finds the same vehicles in bytes as in floats, at any size and batch', async () => {
  const raw = readModel(ROADSIDE_FILE!);
  const { model, input } = fuseInput(raw, { ...PLAIN, multipleOf: 32 });
  for (const [width, height] of [
    [416, 256],
    [320, 192],
  ] as const) {
    const pictures = await roadPictures(4, width, height);
    const request = roadsideRequest({ input: { ...loadRequest({ width, height }).input } });
    const before = await DirectSession.open(ROADSIDE_FILE!, request);
    const after = await DirectSession.open(Buffer.concat(encodeModel(model)), {
      ...request,
      input: { ...request.input, ...input, width, height },
    });
    const rows = await before.detect(...pictures);
    assert.ok(rows.flat().length > 10);
    assert.equal(
      (await after.detect(...pictures)).map((picture) => picture.map(([x1, y1]) => [Math.round(x1!), Math.round(y1!)])),
      rows.map((picture) => picture.map(([x1, y1]) => [Math.round(x1!), Math.round(y1!)])),
    );
    await before.release();
    await after.release();
  }
});

test.run();
