import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { floatsOf } from '../../src/onnx/tensor.js';
import { type FrameSet, modelInputs, splitFrames, subsetOf } from '../../src/pictures/frame-set.js';
import { roadsideRequest } from '../detect/roadside-request.js';
import { greyFrames } from './memory-frames.js';

/** Numbers of the frames in a set of `greyFrames`. */
async function members(set: FrameSet): Promise<number[]> {
  const pictures = await Promise.all(Array.from({ length: set.count }, (_, index) => set.read(index)));
  return pictures.map(({ data }) => data[0]!);
}

test('a split holds whole blocks back, from all over the set', async () => {
  const { calibration, heldBack } = splitFrames(greyFrames(40), 0.25);
  assert.equal(await members(heldBack), [12, 13, 14, 15, 28, 29, 30, 31]);
  assert.is(calibration.count, 32);
});

test('a split is always alike and loses no frame', async () => {
  const frames = greyFrames(101);
  const [first, second] = [splitFrames(frames, 0.4), splitFrames(frames, 0.4)];
  assert.equal(await members(first.heldBack), await members(second.heldBack));
  const all = [...(await members(first.heldBack)), ...(await members(first.calibration))];
  assert.is(new Set(all).size, 101);
});

test('each part of a split has a frame, however few there are', () => {
  for (const share of [0.01, 0.5, 0.99]) {
    const { calibration, heldBack } = splitFrames(greyFrames(2), share);
    assert.equal([calibration.count, heldBack.count], [1, 1]);
  }
});

test('a set of one frame, or a share of all, cannot be split', () => {
  assert.throws(() => splitFrames(greyFrames(1), 0.5), /at least 2 frames/);
  assert.throws(() => splitFrames(greyFrames(10), 1), /between 0 and 1, got 1/);
});

test('labels go with their frames into a part', async () => {
  const label = { classIndex: 2, x1: 0, y1: 0, x2: 4, y2: 4 };
  const part = subsetOf(greyFrames(3, { labels: [null, [label], []] }), [1, 2, 0]);
  assert.equal(await part.labels(0), [label]);
  assert.equal(await part.labels(1), []);
  assert.is(await part.labels(2), null);
  assert.is(part.labelledClasses!(0), null);
});

test('a frame becomes the tensor that a run would see: letterboxed, padded with 114, in planes', async () => {
  const inputs = modelInputs(greyFrames(9, { width: 160, height: 48 }), roadsideRequest(), 'images');
  const tensor = (await inputs.read(7)).get('images')!;
  const values = floatsOf(tensor);
  assert.equal([tensor.type, tensor.dims, inputs.count], ['float32', [1, 3, 96, 160], 9]);
  assert.equal([values[0], values[160 * 48 - 1], values[160 * 48], values[160 * 96]], [7, 7, 114, 7]);
});

test('inputs that were read stay as they are when the next is read', async () => {
  const inputs = modelInputs(greyFrames(2, { width: 160, height: 96 }), roadsideRequest(), 'images');
  const first = (await inputs.read(0)).get('images')!;
  await inputs.read(1);
  assert.is(floatsOf(first)[0], 0);
});

test('a model that takes bytes gets the bytes, pixel by pixel', async () => {
  const request = roadsideRequest();
  const input = { ...request.input, layout: 'nhwc', type: 'uint8' } as const;
  const inputs = modelInputs(greyFrames(4, { width: 160, height: 96 }), { ...request, input }, 'pixels');
  const tensor = (await inputs.read(3)).get('pixels')!;
  assert.equal([tensor.type, tensor.dims, tensor.bytes.length], ['uint8', [1, 96, 160, 3], 46_080]);
  assert.is(tensor.bytes[46_079], 3);
});

test.run();
