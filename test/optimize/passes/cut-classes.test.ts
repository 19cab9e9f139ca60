import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Family } from '../../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { makeNode } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { elementCount, float32Tensor } from '../../../src/onnx/tensor.js';
import { cutClasses } from '../../../src/optimize/passes/cut-classes.js';
import { noise } from '../../onnx/every-value.js';
import { smallModel } from '../../onnx/small-model.js';
import { where } from '../../optional.js';
import { outputsOf } from './outputs-of.js';
import { decodedYoloxHead, detrHead, quantizedHead, softmaxHead, yolov8Head } from './yolo-heads.js';

const ROADSIDE = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
const YOLOX = join(PROJECT_ROOT, '../shared/models/yolox_nano_416x416.onnx');
const needsYolox = where(existsSync(YOLOX), 'shared/models/yolox_nano_416x416.onnx', test);

/** Rows of an output [1, rows, columns] at the given columns. */
function columns(data: Float32Array, width: number, chosen: readonly number[]): number[] {
  return Array.from({ length: data.length / width }, (_, row) =>
    chosen.map((column) => data[row * width + column]!),
  ).flat();
}

/** The whole output and that of the model that was cut, on the same picture. */
async function both(model: Model, family: Family, keep: readonly number[], dims: readonly number[]) {
  const name = model.graph.inputs[0]!.name;
  const inputs = new Map([[name, float32Tensor(dims, noise(elementCount(dims)))]]);
  const { model: smaller, notes } = cutClasses(model, family, keep);
  const output = model.graph.outputs[0]!.name;
  const whole = (await outputsOf(model, inputs)).get(output)!;
  const cut = (await outputsOf(smaller, inputs)).get(output)!;
  return { whole, cut, smaller, notes };
}

test('roadside-n with one class less gives the same boxes and scores of the others', async () => {
  const { whole, cut, smaller, notes } = await both(readModel(ROADSIDE), 'roadside', [0, 2], [2, 3, 64, 96]);
  const width = whole.length / (2 * 126);
  assert.equal([...cut], columns(whole, width, [0, 1, 2, 3, 4, 6]));
  assert.equal(smaller.graph.constant('pc.0.weight'), null);
  assert.match(notes[0]!, /^\d+ of \d+ classes are cut out of \/pc\.0\/Conv \(\d to 2 channels\), /);
});

needsYolox('YOLOX-nano cut from 80 classes to four vehicles gives the same numbers for them', async () => {
  const { whole, cut } = await both(readModel(YOLOX), 'yolox', [2, 3, 5, 7], [1, 3, 416, 416]);
  assert.is(cut.length, 3549 * 9);
  assert.equal([...cut], columns(whole, 85, [0, 1, 2, 3, 4, 7, 8, 10, 12]));
});

test('a YOLOv8 head keeps the chosen rows, also where their number is written into a computed shape', async () => {
  const { whole, cut, smaller } = await both(yolov8Head(6), 'yolov8', [1, 2, 5], [2, 3, 16, 24]);
  const anchors = whole.length / (2 * 10);
  const rows = (picture: number, at: readonly number[]) =>
    at.flatMap((row) => [...whole.subarray((picture * 10 + row) * anchors, (picture * 10 + row + 1) * anchors)]);
  assert.equal([...cut], [...rows(0, [0, 1, 2, 3, 5, 6, 9]), ...rows(1, [0, 1, 2, 3, 5, 6, 9])]);
  assert.equal(smaller.graph.outputs[0]!.dims, ['batch', 7, 'anchors']);
});

test('a YOLOX head that decodes its boxes by slices keeps the chosen columns', async () => {
  const { whole, cut } = await both(decodedYoloxHead(4), 'yolox', [0, 3], [1, 3, 4, 4]);
  assert.equal([...cut], columns(whole, 9, [0, 1, 2, 3, 4, 5, 8]));
});

test('logits of a linear layer keep the chosen columns, and boxes are left alone', async () => {
  const { whole, cut, smaller } = await both(detrHead(5), 'detr', [1, 4], [2, 5, 6]);
  assert.equal([...cut], columns(whole, 5, [1, 4]));
  assert.equal(
    smaller.graph.outputs.map(({ dims }) => dims),
    [
      ['batch', 5, 2],
      ['batch', 5, 4],
    ],
  );
});

test('classes of a quantized head are cut with the scales of their filters', async () => {
  const { whole, cut } = await both(quantizedHead(4), 'roadside', [0, 2], [1, 3, 2, 2]);
  assert.equal([...cut], columns(whole, 8, [0, 1, 2, 3, 4, 6]));
});

test('a model of which all classes are kept stays as it is', () => {
  const model = yolov8Head(3);
  assert.equal(cutClasses(model, 'yolov8', [0, 1, 2]), { model, notes: ['all 3 classes are kept'] });
});

test('a head whose classes depend on each other is refused, with its node', () => {
  assert.throws(
    () => cutClasses(softmaxHead(), 'roadside', [0]),
    (error: { code: string; context: unknown }) =>
      error.code === 'E_MODEL' &&
      JSON.stringify(error.context) === '{"pass":"cut-classes","node":"softmax","op":"Softmax"}',
  );
});

test('a head with an operator that is not known is refused, with its node', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 2, 7] }],
    outputs: [{ name: 'y', type: 'float32', dims: [1, 2, 7] }],
    nodes: [makeNode('CumSum', 'strange', ['x', 'x'], ['y'])],
  });
  assert.throws(() => cutClasses(model, 'roadside', [0]), /cannot be followed \(node strange, CumSum\)/);
});

test('a model that gives its input as classes is refused', () => {
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 2, 7] }],
    outputs: [{ name: 'y', type: 'float32', dims: [1, 2, 7] }],
    nodes: [makeNode('Relu', 'relu', ['x'], ['y'])],
  });
  assert.throws(() => cutClasses(model, 'roadside', [0]), /the classes go back to input x/);
});

test('classes of a yolov10 model are not cut, since it chooses its boxes itself', () => {
  assert.throws(() => cutClasses(yolov8Head(3), 'yolov10', [0]), /it chooses boxes in its graph/);
});

test('classes that there are not, or in another order, are an error of the caller', () => {
  assert.throws(() => cutClasses(yolov8Head(3), 'yolov8', [3]), /expected ascending class indices below 3, got \[3\]/);
  assert.throws(() => cutClasses(yolov8Head(3), 'yolov8', [1, 0]), RangeError);
});

test('a head that is laid out otherwise than its family is left alone', () => {
  const transposed = yolov8Head(6);
  assert.throws(
    () => cutClasses(transposed, 'yolov8', [0, 1], 20),
    /output0? has room for 6 classes, the model has 20/,
  );
});

test.run();
