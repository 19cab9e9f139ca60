import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { allocateTensor, chooseFill, tensorElementType } from '../../../src/detect/worker/tensor.js';
import { halfTable, toHalf } from '../../../src/foundation/half.js';

type Input = LoadRequest['input'];

const IMAGE = Uint8Array.of(1, 2, 3, 4, 5, 6); // two pixels
const PLAIN: Input = {
  width: 2,
  height: 1,
  layout: 'nchw',
  type: 'float32',
  colour: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

function fill(change: Partial<Input>): number[] {
  const input = { ...PLAIN, ...change };
  const out = allocateTensor(input, 2);
  chooseFill(input)(IMAGE, out, 6);
  assert.ok(
    out.subarray(0, 6).every((value) => value === 0),
    'the first picture of the batch is left alone',
  );
  return [...out.subarray(6)];
}

test('nchw puts the planes one after another', () => {
  assert.equal(fill({}), [1, 4, 2, 5, 3, 6]);
});

test('bgr swaps the first and the last plane', () => {
  assert.equal(fill({ colour: 'bgr' }), [3, 6, 2, 5, 1, 4]);
});

test('planes come out the same whether pixels are taken four at a time or one by one', () => {
  const bytes = Uint8Array.from({ length: 8 * 3 }, (_, i) => (i * 53 + 7) % 256);
  const unaligned = new Uint8Array(bytes.length + 1).subarray(1);
  unaligned.set(bytes);
  for (const colour of ['rgb', 'bgr'] as const) {
    const channels = colour === 'rgb' ? [0, 1, 2] : [2, 1, 0];
    const expected = channels.flatMap((c) => Array.from({ length: 8 }, (_, i) => bytes[i * 3 + c]!));
    const input: Input = { ...PLAIN, colour, width: 4, height: 2 };
    for (const image of [bytes, unaligned]) {
      const out = new Float32Array(24);
      chooseFill(input)(image, out, 0);
      assert.equal([...out], expected);
    }
  }
});

test('nhwc keeps the pixels together', () => {
  assert.equal(fill({ layout: 'nhwc' }), [1, 2, 3, 4, 5, 6]);
  assert.equal(fill({ layout: 'nhwc', colour: 'bgr' }), [3, 2, 1, 6, 5, 4]);
});

test('uint8 models get the bytes as they are', () => {
  assert.is(tensorElementType({ ...PLAIN, type: 'uint8' }), 'uint8');
  assert.equal(fill({ type: 'uint8' }), [1, 4, 2, 5, 3, 6]);
  assert.equal(fill({ type: 'uint8', layout: 'nhwc' }), [1, 2, 3, 4, 5, 6]);
});

test('scale comes first, then mean and std of each channel in the order of the model', () => {
  const change = { scale: 2, mean: [1, 2, 4], std: [1, 2, 4] } as const;
  assert.equal(fill(change), [1, 7, 1, 4, 0.5, 2]);
  assert.equal(fill({ ...change, colour: 'bgr' }), [5, 11, 1, 4, -0.5, 1]);
  assert.equal(fill({ ...change, layout: 'nhwc', colour: 'bgr' }), [5, 1, -0.5, 11, 4, 1]);
});

test('float16 models get the bits of half-precision numbers', () => {
  assert.equal(fill({ type: 'float16' }), [0x3c00, 0x4400, 0x4000, 0x4500, 0x4200, 0x4600]);
  assert.equal(fill({ type: 'float16', layout: 'nhwc', scale: 0.5 }), [0x3800, 0x3c00, 0x3e00, 0x4000, 0x4100, 0x4200]);
});

test('half precision rounds to the nearest, ties to even, and knows its limits', () => {
  const bits = [0, -0, 1, 65504, 65520, -1e9, 2 ** -14, 2 ** -24, 2 ** -26, 1 + 2 ** -11, 1 + 3 * 2 ** -11].map(toHalf);
  assert.equal(bits, [0, 0x8000, 0x3c00, 0x7bff, 0x7c00, 0xfc00, 0x0400, 1, 0, 0x3c00, 0x3c02]);
});

test('every half-precision number survives the way through a double', () => {
  const values = halfTable();
  for (let half = 0; half < 65536; half++) {
    if (Number.isNaN(values[half])) continue;
    assert.is(toHalf(values[half]!), half);
  }
});

test.run();
