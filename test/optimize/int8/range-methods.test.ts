import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bestThreshold } from '../../../src/optimize/int8/entropy.js';
import { ValueHistogram } from '../../../src/optimize/int8/histogram.js';
import { chooseRange, METHODS, percentileRange } from '../../../src/optimize/int8/range-methods.js';
import { squaredError } from '../../../src/optimize/int8/squared-error.js';

function histogramOf(values: readonly number[]): ValueHistogram {
  const histogram = new ValueHistogram();
  histogram.add(Float32Array.from(values));
  return histogram;
}

/** Numbers as a ReLU gives: half of them 0, the others of a bell, and one far away. */
const RELU = Array.from({ length: 20_000 }, (_, i) => {
  const bell = Math.sin(i * 12.9898) + Math.sin(i * 78.233) + Math.sin(i * 37.719);
  return Math.max(0, i === 777 ? 40 : bell);
});

test('a histogram knows its ends exactly and counts zeros apart', () => {
  const histogram = histogramOf([0, -0.3, 7, 0, 2]);
  assert.is(histogram.low, Math.fround(-0.3));
  assert.is(histogram.high, 7);
  assert.is(histogram.zeros, 2);
});

test('a histogram that grew holds what one of the final width holds', () => {
  const grown = histogramOf([0.01, -0.02, 0.5]);
  grown.add(Float32Array.of(100));
  assert.equal(grown.counts, histogramOf([100, 0.5, -0.02, 0.01]).counts);
});

test('merging histograms of different width is exact', () => {
  const merged = histogramOf([1, -3]);
  merged.merge(histogramOf([50, 0.25, 0]));
  const whole = histogramOf([50, 1, -3, 0.25, 0]);
  assert.equal([merged.counts, merged.zeros, merged.low, merged.high], [whole.counts, whole.zeros, -3, 50]);
});

test('numbers that are none are counted and change no range', () => {
  const histogram = histogramOf([1, Number.NaN, Number.POSITIVE_INFINITY, -2]);
  assert.equal([histogram.notFinite, histogram.low, histogram.high], [2, -2, 1]);
});

test('min-max takes everything', () => {
  assert.equal(chooseRange('min-max', histogramOf(RELU), 'cpu'), { low: 0, high: 40 });
});

test('a percentile cuts the rare ends off', () => {
  const values = [...Array.from({ length: 998 }, (_, i) => i / 998), 50, -50];
  const { low, high } = percentileRange(histogramOf(values), 0.99);
  assert.ok(low >= -0.1 && low <= 0, `${low}`);
  assert.ok(high > 0.95 && high < 1.1, `${high}`);
});

test('a percentile of what is never negative cuts only above', () => {
  const { low, high } = percentileRange(histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1)), 0.9);
  assert.is(low, 0);
  assert.ok(Math.abs(high - 901) < 2, `${high}`);
});

test('entropy keeps all of a flat distribution', () => {
  assert.is(bestThreshold(new Float64Array(1024).fill(10), 128), 1024);
});

test('entropy clips a tail that is far from nearly everything', () => {
  const counts = new Float64Array(2048);
  for (let bin = 0; bin < 300; bin++) counts[bin] = 100_000 * Math.exp(-bin / 60);
  counts[2047] = 1;
  const threshold = bestThreshold(counts, 128);
  assert.ok(threshold >= 250 && threshold < 600, `${threshold}`);
});

test('entropy leaves alone what fits the levels anyway', () => {
  const counts = new Float64Array(2048);
  counts[99] = 5;
  assert.is(bestThreshold(counts, 128), 100);
});

test('the least squared error clips an outlier, and its error is less than that of all methods', () => {
  const histogram = histogramOf(RELU);
  const error = (method: (typeof METHODS)[number]) =>
    squaredError(histogram, chooseRange(method, histogram, 'cpu'), 'cpu');
  assert.ok(chooseRange('mse', histogram, 'cpu').high < 40);
  for (const method of METHODS) assert.ok(error('mse') <= error(method), method);
});

test('no method leaves what was seen', () => {
  const histogram = histogramOf([-0.5, 0.1, 0.2, 3]);
  for (const method of METHODS) {
    for (const scheme of ['cpu', 'tensorrt', 'arm'] as const) {
      const { low, high } = chooseRange(method, histogram, scheme);
      assert.ok(low >= -0.5 && low <= 0 && high <= 3 && high >= 0, `${method} ${scheme}: ${low} to ${high}`);
    }
  }
});

test.run();
