import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readingsFor } from '../../../src/detect/readings/readings.js';
import type { OutputShape } from '../../../src/detect/worker/decoders/decoder.js';
import type { ProbeScene } from '../../../src/models/recognition/probe-scenes.js';
import { readOut } from '../../../src/models/recognition/readout.js';

const INPUT = {
  width: 64,
  height: 32,
  layout: 'nchw',
  type: 'float32',
  colour: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;
const SCENE: ProbeScene = {
  id: 'road 1',
  kind: 'road',
  width: 64,
  height: 32,
  data: new Uint8Array(64 * 32 * 3),
  vehicles: Float32Array.of(8, 4, 24, 20),
};

/** What the likeliest reading makes of one output. */
function likeliest(shape: OutputShape, numbers: readonly number[], classes: number | null) {
  const [reading] = readingsFor([shape], { classes, width: 64, height: 32 });
  const { name, dims, varying = false } = shape;
  const output = { name, dims, varying, type: 'float32', data: Float32Array.from(numbers) };
  return readOut({ reading: reading!, classes: ['car', 'bus'] }, [output], SCENE, INPUT);
}

test('rows with class and score before the box say their class in whole numbers', () => {
  const { brokenClasses, hits } = likeliest(
    { name: 'o', dims: [1, 6], varying: true },
    [1, 0.75, 8.25, 4.5, 24.25, 20.5],
    null,
  );
  assert.is(brokenClasses, 0);
  assert.equal(hits, [{ class: 'bus', score: 0.75, box: [8.25, 4.5, 24.25, 20.5] }]);
});

test('a row of a class beyond those that are named contradicts them, though it is not the strongest', () => {
  const rowsOf = (last: number) => [8, 4, 24, 20, 0.75, 0, 30, 4, 46, 20, 0.5, last];
  const shape = { name: 'o', dims: [1, 2, 6], varying: true };
  assert.is(likeliest(shape, rowsOf(1), null).foreignClass, false);
  const { foreignClass, hits } = likeliest(shape, rowsOf(7), null);
  assert.is(foreignClass, true);
  assert.is(hits.length, 1);
});

test('what is wrong with a box is said beside its score, the strongest first', () => {
  const car = [16, 12, 16, 16, 0.75, 0];
  const point = [4, 4, 1, 1, 0.25, 0];
  const beyond = [200, 12, 16, 16, 0.5, 0];
  const columns = car.flatMap((value, at) => [value, point[at]!, beyond[at]!, ...Array<number>(28).fill(0)]);
  const { strongest, hits } = likeliest({ name: 'o', dims: [1, 6, 31] }, columns, 2);
  assert.equal(strongest, [
    { score: 0.75, flaw: null },
    { score: 0.5, flaw: 'outside' },
    { score: 0.25, flaw: 'tiny' },
  ]);
  assert.is(hits.length, 1);
});

test('scores that are a softmax already contradict taking one, numbers that are none do not', () => {
  const [boxes, scores] = [
    { name: 'boxes', dims: [1, 2, 4] },
    { name: 'scores', dims: [1, 2, 3] },
  ];
  const softmaxed = readingsFor([boxes, scores], { classes: 2, width: 64, height: 32 }).find(
    ({ decoding }) => decoding.scores === 'softmax' && decoding.background === 'first',
  )!;
  const wrongOf = (numbers: readonly number[]) => {
    const outputs = [
      { ...boxes, type: 'float32', varying: false, data: Float32Array.of(0.1, 0.1, 0.4, 0.6, 0, 0, 0.1, 0.1) },
      { ...scores, type: 'float32', varying: false, data: Float32Array.from(numbers) },
    ];
    return readOut({ reading: softmaxed, classes: ['car', 'bus'] }, outputs, SCENE, INPUT).wrongBackground;
  };
  assert.is(wrongOf([0.9, 0.1, 0, 0.5, 0.25, 0.25]), 2);
  assert.is(wrongOf([4, -1, -2, 3, 1, 0]), 0);
});

test('numbers that are none are said to be so', () => {
  const columns = Array<number>(6 * 31).fill(Number.NaN);
  assert.is(
    likeliest({ name: 'o', dims: [1, 6, 31] }, columns, 2).unreadable,
    'output o holds NaN in place of numbers',
  );
});

test.run();
