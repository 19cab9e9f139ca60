import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { worstFrames } from '../../../src/optimize/workshop/disagreements.js';

const car = (x: number, score: number): number[] => [x, 0, x + 10, 10, score, 0];
const rows = (...boxes: number[][]): Float32Array => Float32Array.from(boxes.flat());

test('the frames with most boxes lost or new come first', () => {
  const parent = [rows(car(0, 0.9)), rows(car(0, 0.9), car(50, 0.9)), rows(car(0, 0.9))];
  const variant = [rows(), rows(car(100, 0.9)), rows(car(0, 0.8))];
  const worst = worstFrames(parent, variant, [0.35], 5);
  assert.equal(
    worst.map(({ index, agreed, missed, added }) => ({ index, agreed, missed, added })),
    [
      { index: 1, agreed: 0, missed: [0, 1], added: [0] },
      { index: 0, agreed: 0, missed: [0], added: [] },
    ],
  );
});

test('a box that is only a little under the threshold is not lost', () => {
  const worst = worstFrames([rows(car(0, 0.36))], [rows(car(0, 0.3))], [0.35], 5);
  assert.equal(worst[0]?.missed, []);
  assert.is(worst[0]?.variantRows.length, 0);
});

test('where all agree, the frame with most boxes is shown', () => {
  const parent = [rows(car(0, 0.9)), rows(car(0, 0.9), car(50, 0.9)), rows()];
  assert.equal(
    worstFrames(parent, parent, [0.35], 5).map(({ index }) => index),
    [1],
  );
});

test('a class that is never reported is not compared', () => {
  assert.equal(worstFrames([rows(car(0, 0.9))], [rows()], [2], 5), []);
});

test.run();
