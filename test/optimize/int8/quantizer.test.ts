import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { float32Tensor } from '../../../src/onnx/tensor.js';
import { quantize, quantizerOf, rangeOf, roundHalfEven } from '../../../src/optimize/int8/quantizer.js';
import { dequantizeWeights, quantizeBias, quantizeWeights, REDUCED_RANGE } from '../../../src/optimize/int8/weights.js';

test('on a CPU a signed range gets all 256 levels and a zero point within', () => {
  assert.equal(quantizerOf({ low: -1, high: 1.55 }, 'cpu'), {
    type: 'uint8',
    scale: Math.fround(0.01),
    zeroPoint: 100,
  });
});

test('a range that does not hold 0 is widened to it', () => {
  assert.equal(quantizerOf({ low: 2, high: 5.1 }, 'cpu'), { type: 'uint8', scale: Math.fround(0.02), zeroPoint: 0 });
});

test('TensorRT gets symmetric numbers', () => {
  assert.equal(quantizerOf({ low: -1, high: 2.54 }, 'tensorrt'), {
    type: 'int8',
    scale: Math.fround(0.02),
    zeroPoint: 0,
  });
});

test('ARM gets symmetric numbers too, but all 256 levels for what is never negative', () => {
  assert.equal(quantizerOf({ low: -1.27, high: 1 }, 'arm'), { type: 'int8', scale: Math.fround(0.01), zeroPoint: 0 });
  assert.equal(quantizerOf({ low: 0, high: 2.55 }, 'arm'), { type: 'int8', scale: Math.fround(0.01), zeroPoint: -128 });
});

test('a value that is always 0 has a scale all the same', () => {
  assert.is(quantizerOf({ low: 0, high: 0 }, 'cpu').scale, 1);
});

test('numbers outside the range are clipped and halves go to the even number', () => {
  const quantizer = { type: 'uint8', scale: 0.5, zeroPoint: 10 } as const;
  assert.equal([...quantize([-100, -5, 0, 0.25, 0.75, 1, 1000], quantizer)], [0, 0, 10, 10, 12, 12, 255]);
  assert.equal(rangeOf(quantizer), { low: -5, high: 122.5 });
});

test('rounding is half to even on both sides of 0', () => {
  assert.equal(
    [-1.5, -0.5, 0.5, 1.5, 2.5, 2.6].map(roundHalfEven).map((x) => x + 0),
    [-2, 0, 0, 2, 2, 3],
  );
});

test('weights have a scale per output channel', () => {
  const weights = float32Tensor([2, 1, 1, 2], [1.27, -0.5, 0.0127, 0.005]);
  const { values, scales } = quantizeWeights(weights, 0, null, 1, 127);
  assert.equal([...values], [127, -50, 127, 50]);
  assert.equal([...scales], [Math.fround(Math.fround(1.27) / 127), Math.fround(Math.fround(0.0127) / 127)]);
});

test('the channels of a matrix may be its columns', () => {
  const quantized = quantizeWeights(float32Tensor([2, 2], [1, 20, -2, 40]), 1, null, 1, 127);
  assert.equal([...quantized.values], [64, 64, -127, 127]);
  assert.equal([...dequantizeWeights(quantized, 1)].map(Math.round), [1, 20, -2, 40]);
});

test('weights of 7 bits leave room for sums of 16 bits', () => {
  const { values } = quantizeWeights(float32Tensor([1, 2], [1, -0.25]), 0, null, 1, REDUCED_RANGE);
  assert.equal([...values], [63, -16]);
});

test('a bias is counted in input scale times weight scale', () => {
  assert.equal([...quantizeBias(Float32Array.of(1, -3), 0.5, Float32Array.of(0.25, 0.01))], [8, -600]);
});

test('a channel of no weights still holds its bias', () => {
  const bias = Float32Array.of(5);
  const { scales } = quantizeWeights(float32Tensor([1, 1, 1, 1], [0]), 0, bias, 0.01, 127);
  const [number] = quantizeBias(bias, 0.01, scales);
  assert.ok(Math.abs(number! * 0.01 * scales[0]! - 5) < 1e-6);
});

test.run();
