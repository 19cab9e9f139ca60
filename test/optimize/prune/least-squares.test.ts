import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foretell, invertCovariance, solveRidge } from '../../../src/optimize/prune/least-squares.js';

const SAMPLES: readonly (readonly [x: readonly number[], y: number])[] = [
  [[0, 0], 5],
  [[1, 0], 7],
  [[0, 1], 2],
  [[2, 1], 6],
];

function sums(): { gram: Float64Array; cross: Float64Array } {
  const gram = new Float64Array(9);
  const cross = new Float64Array(3);
  for (const [x, y] of SAMPLES) {
    const row = [...x, 1];
    for (let i = 0; i < 3; i++) {
      cross[i]! += y * row[i]!;
      for (let j = 0; j < 3; j++) gram[i * 3 + j]! += row[i]! * row[j]!;
    }
  }
  return { gram, cross };
}

const rounded = (values: Iterable<number>) => Array.from(values, (value) => Number(value.toFixed(6)));

test('weights and constant are found where the samples allow only one answer', () => {
  const { gram, cross } = sums();
  const { weights, constants } = solveRidge(gram, cross, new Float64Array(2), 1e-12);
  assert.equal(rounded(weights), [2, -3]);
  assert.equal(rounded(constants), [5]);
});

test('where the samples say nothing, the weights stay what they were', () => {
  const gram = Float64Array.of(4, 0, 2, 0, 0, 0, 2, 0, 2);
  const cross = Float64Array.of(4, 0, 2);
  const { weights } = solveRidge(gram, cross, Float64Array.of(1, 9), 1e-9);
  assert.equal(rounded(weights), [1, 9]);
});

test('a channel is foretold out of the one that it doubles', () => {
  const covariance = Float64Array.of(1, 0, 2, 0, 1, 0, 2, 0, 4);
  assert.equal(rounded(foretell(covariance, 3, [2], [0, 1], 1e-9)), [2, 0]);
});

test('a covariance that cannot be inverted is made so by its ridge', () => {
  const inverse = invertCovariance(Float64Array.of(1, 1, 1, 1), 2, 0.5);
  assert.equal(rounded(inverse), [1.2, -0.8, -0.8, 1.2]);
});

test.run();
