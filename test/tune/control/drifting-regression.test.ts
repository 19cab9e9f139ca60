import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Coefficient, DriftingRegression } from '../../../src/tune/control/drifting-regression.js';

const free: Coefficient = {
  start: 0,
  sd: 100,
  drift: 0.01,
  returnS: Number.POSITIVE_INFINITY,
  least: -1000,
  most: 1000,
  jumps: false,
};
const rounded = (numbers: Iterable<number>) => [...numbers].map((number) => Math.round(number * 100) / 100 || 0);

test('a straight line is found from readings without noise', () => {
  const line = new DriftingRegression([free, free]);
  for (const x of [1, 2, 3, 4]) line.learn(Float64Array.of(1, x), 5 + 2 * x, 0.01);
  assert.equal(rounded(line.values), [5, 2]);
  assert.is(Math.round(line.expect(Float64Array.of(1, 10))), 25);
});

test('a coefficient stays within its bounds whatever is read', () => {
  const line = new DriftingRegression([{ ...free, least: 0, most: 3, jumps: true }]);
  for (let i = 0; i < 10; i++) line.learn(Float64Array.of(1), -50, 1);
  assert.equal(rounded(line.values), [0]);
  for (let i = 0; i < 10; i++) line.learn(Float64Array.of(1), 50, 1);
  assert.equal(rounded(line.values), [3]);
});

test('one reading far off is mostly ignored, a second one is believed', () => {
  const level = new DriftingRegression([{ ...free, jumps: true }]);
  const row = Float64Array.of(1);
  for (let i = 0; i < 50; i++) level.learn(row, 10, 1);
  level.learn(row, 90, 1);
  assert.is(level.values[0]! < 11, true);
  level.learn(row, 90, 1);
  level.learn(row, 90, 1);
  assert.is(level.values[0]! > 85, true);
});

test('a year without readings makes it as unsure as in the beginning, not more', () => {
  const level = new DriftingRegression([{ ...free, sd: 2, drift: 1 }]);
  level.learn(Float64Array.of(1), 1, 0.1);
  assert.is(level.sd(0) < 0.2, true);
  for (let day = 0; day < 365; day++) level.advance(86_400);
  assert.is(level.sd(0), 2);
});

test('what is no number teaches nothing', () => {
  const level = new DriftingRegression([free]);
  for (const reading of [Number.NaN, Number.POSITIVE_INFINITY]) level.learn(Float64Array.of(1), reading, 1);
  assert.equal([...level.values], [0]);
});

test.run();
