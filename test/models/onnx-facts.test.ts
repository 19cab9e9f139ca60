import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readOnnxFacts } from '../../src/models/onnx-facts.js';
import { encodeModel } from '../../src/onnx/encode.js';
import { makeNode } from '../../src/onnx/graph.js';
import type { Model } from '../../src/onnx/model.js';
import { float32Tensor, type Tensor, uint8Tensor } from '../../src/onnx/tensor.js';
import { constantModel, onnxModel } from '../fixtures/onnx-builder.js';
import { ints, smallModel } from '../onnx/small-model.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('onnx-facts');
const picture = { name: 'images', type: 'float32', dims: [1, 3, 32, 64] } as const;
const boxes = { name: 'boxes', type: 'float32', dims: [1, 8, 'n'] } as const;
const weights = float32Tensor([8, 3, 3, 3], new Array(216).fill(0.5));

function written(name: string, bytes: Uint8Array | readonly Uint8Array[]): string {
  const file = join(folder, name);
  writeFileSync(file, bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes));
  return file;
}

/** A convolution over the picture, with other weights or nodes where a test wants them. */
function convolution(change: { constants?: Record<string, Tensor>; ops?: readonly string[] } = {}): Model {
  const nodes = (change.ops ?? ['Conv']).map((op, i) =>
    makeNode(op, `n${i}`, ['images', 'w'], [i ? `v${i}` : 'boxes']),
  );
  return smallModel({ inputs: [picture], outputs: [boxes], constants: { w: weights, ...change.constants }, nodes });
}

test('inputs, outputs, metadata and versions are read, and open sizes are null', () => {
  const metadata = new Map([['task', 'detect']]);
  const file = written('plain.onnx', encodeModel({ ...convolution(), metadata, producer: 'pytorch 2.3.0' }));
  const facts = readOnnxFacts(file);
  assert.equal(facts.picture, {
    name: 'images',
    type: 'float32',
    layout: 'nchw',
    channels: 3,
    width: 64,
    height: 32,
    batch: 1,
  });
  assert.equal(facts.otherInputs, []);
  assert.equal(facts.outputs, [{ name: 'boxes', type: 'float32', dims: [1, 8, null] }]);
  assert.equal([...facts.metadata], [['task', 'detect']]);
  assert.equal([facts.producer, facts.irVersion, facts.opset], ['pytorch 2.3.0', 8, 17]);
  assert.equal([...facts.operators], [['Conv', 1]]);
  assert.equal(facts.externalFiles, []);
});

test('weights that an old exporter lists among the inputs are not taken for the picture, nor for another input', () => {
  const w = { name: 'w', dims: [8, 3, 3, 3] } as const;
  const graph = {
    inputs: [w, { name: 'x', dims: [1, 3, 48, 80] }, { name: 'im_shape', dims: ['n', 2] }],
    outputs: [{ name: 'y', dims: [1, 8, 46, 78] }],
    constants: [{ ...w, data: new Float32Array(216) }],
    nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }],
  };
  const { picture, otherInputs } = readOnnxFacts(written('old.onnx', onnxModel(graph)));
  assert.equal([picture?.name, picture?.width, picture?.height], ['x', 80, 48]);
  assert.equal(otherInputs, [{ name: 'im_shape', type: 'float32', dims: [null, 2] }]);
});

test('a picture with its colours last, a grey one, and one of which nothing is said', () => {
  const pictureOf = (dims: readonly (number | string)[]) => {
    const output = { name: 'y', dims: [1], data: Float32Array.of(1) };
    return readOnnxFacts(written('picture.onnx', constantModel({ name: 'x', dims }, [output]))).picture;
  };
  const { layout, channels, width, height } = pictureOf([1, 96, 160, 3])!;
  assert.equal([layout, channels, width, height], ['nhwc', 3, 160, 96]);
  assert.equal([pictureOf([1, 1, 64, 64])!.layout, pictureOf([1, 1, 64, 64])!.channels], ['nchw', 1]);
  assert.equal(pictureOf(['n', 'c', 'h', 'w']), {
    name: 'x',
    type: 'float32',
    layout: null,
    channels: null,
    width: null,
    height: null,
    batch: null,
  });
  assert.is(pictureOf([1, 3]), null);
});

test('one picture without an axis for the batch, as torchvision exports it', () => {
  const pictureOf = (dims: readonly (number | string)[]) => {
    const output = { name: 'y', dims: [1], data: Float32Array.of(1) };
    return readOnnxFacts(written('one.onnx', constantModel({ name: 'x', dims }, [output]))).picture;
  };
  assert.equal(pictureOf([3, 48, 80]), {
    name: 'x',
    type: 'float32',
    layout: 'nchw',
    channels: 3,
    width: 80,
    height: 48,
    batch: 1,
  });
  const { layout, channels, width, batch } = pictureOf(['h', 'w', 3])!;
  assert.equal([layout, channels, width, batch], ['nhwc', 3, null, 1]);
  assert.is(pictureOf(['n', 'h', 'w']), null);
});

test('precision is told by weights and operators', () => {
  const precisionOf = (model: Model) => readOnnxFacts(written('precision.onnx', encodeModel(model))).precision;
  const half: Tensor = { type: 'float16', dims: [8, 3, 3, 3], bytes: new Uint8Array(432) };
  assert.equal(precisionOf(convolution()), { precision: 'fp32', quantised: null });
  assert.equal(precisionOf(convolution({ constants: { w: half } })), { precision: 'fp16', quantised: null });
  const quantised = (...ops: string[]) => precisionOf(convolution({ ops })).quantised;
  assert.is(quantised('Conv', 'QuantizeLinear', 'DequantizeLinear'), 'qdq');
  assert.is(quantised('ConvInteger', 'DynamicQuantizeLinear'), 'dynamic');
  assert.is(quantised('QLinearConv', 'QuantizeLinear'), 'qlinear');
  assert.is(quantised('Conv', 'DequantizeLinear'), 'weights');
  assert.is(precisionOf(convolution({ ops: ['ConvInteger'] })).precision, 'int8');
});

test('files beside the model are named, with what they must have at least', () => {
  const bytes = encodeModel(
    convolution({ constants: { b: uint8Tensor([100], new Uint8Array(100).fill(1)) } }),
    new Map([
      ['w', { location: 'a.data', offset: 4096 }],
      ['b', { location: 'sub/b.data', offset: 0 }],
    ]),
  );
  assert.equal(readOnnxFacts(written('external.onnx', bytes)).externalFiles, [
    { location: 'a.data', bytes: 4960 },
    { location: 'sub/b.data', bytes: 100 },
  ]);
});

test('operators of other domains are counted, and nodes with long attributes', () => {
  const model = convolution();
  model.graph.add({ ...makeNode('EfficientNMS_TRT', 'nms', ['boxes'], ['d']), domain: 'TRT' });
  model.graph.add(makeNode('Slice', 's', ['images'], ['t'], { axes: ints(...new Array(2000).fill(1)) }));
  const { operators } = readOnnxFacts(written('domains.onnx', encodeModel(model)));
  assert.equal(
    [...operators],
    [
      ['Conv', 1],
      ['TRT:EfficientNMS_TRT', 1],
      ['Slice', 1],
    ],
  );
});

test('a file that ends too early says so, wherever it ends', () => {
  const model = convolution({ constants: { big: float32Tensor([50_000], new Array(50_000).fill(0.25)) } });
  const whole = Buffer.concat(encodeModel(model));
  for (const length of [whole.length - 1, whole.length - 100_000, 2000, 40]) {
    const file = written('short.onnx', whole.subarray(0, length));
    assert.throws(() => readOnnxFacts(file), /short\.onnx is cut short: it /, `${length} bytes`);
  }
});

test('a file of three gigabytes that is no model is not read whole', () => {
  const file = written('sparse.onnx', Buffer.from([8, 8, 58, 0, 1]));
  truncateSync(file, 3 * 2 ** 30);
  assert.throws(() => readOnnxFacts(file), /is no ONNX model, or is damaged/);
  assert.throws(() => readOnnxFacts(folder), /is a folder: name the .onnx file in it/);
});

test.run();
