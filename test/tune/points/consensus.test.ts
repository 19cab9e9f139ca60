import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { agreement, type Witness } from '../../../src/tune/points/consensus.js';

const test = suite('what candidates agree upon');

const box = (x: number, score: number, width = 20): number[] => [x, 0, x + width, 20, score, 0];
const sees = (model: string, variant: string, ...boxes: number[][]): Witness => {
  return { model, variant, rows: [Float32Array.from(boxes.flat())] };
};
const f1s = (...witnesses: Witness[]): number[] =>
  agreement(witnesses, 0.35).map(({ f1 }) => Math.round(f1 * 1000) / 1000);

test('who misses what the others see has the lower figure', () => {
  const [near, far] = [box(0, 0.9), box(100, 0.8)];
  assert.equal(f1s(sees('a', '1', near, far), sees('a', '2', near, far), sees('b', '1', near)), [1, 1, 0.667]);
});

test('what one alone sees is wrong, and missing it is no fault', () => {
  const vehicle = box(0, 0.9);
  assert.equal(
    f1s(sees('a', '1', vehicle, box(200, 0.9)), sees('a', '2', vehicle), sees('b', '1', vehicle)),
    [0.667, 0.667, 0.667],
  );
});

test('a vehicle that others see weakly is one', () => {
  const weak = box(0, 0.2);
  assert.equal(f1s(sees('a', '1', box(0, 0.6)), sees('a', '2', weak), sees('b', '1', weak)), [1, 0, 0]);
});

test('a model with many variants has one voice', () => {
  const sign = box(0, 0.9);
  const many = ['1', '2', '3', '4'].map((variant) => sees('many', variant, sign));
  const others = ['b', 'c', 'd', 'e', 'f', 'g'].map((model) => sees(model, '1'));
  // six models see nothing there: one voice of seven is below what is believed
  assert.equal(agreement([...many, ...others], 0.35).at(-1), { f1: 1, boxes: 0 });
});

test('what is narrower than 14 pixels decides nothing', () => {
  assert.equal(agreement([sees('a', '1', box(0, 0.9, 10)), sees('b', '1'), sees('c', '1')], 0.35)[0], {
    f1: 1,
    boxes: 0,
  });
});

test('where nobody looked there is nothing to agree upon', () => {
  assert.equal(f1s(), []);
});

test.run();
