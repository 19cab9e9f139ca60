import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { f1OnLabels, labelSetName } from '../../../src/optimize/gate/label-f1.js';
import type { Label } from '../../../src/pictures/frame-set.js';

const test = suite('F1 against labels');

const THRESHOLDS = [0.35, 0.35, 2];
const rows = (...boxes: number[][]): Float32Array => Float32Array.from(boxes.flat());
const label = (classIndex: number, x1: number, x2: number, ignore = false): Label => {
  return { classIndex, x1, y1: 0, x2, y2: 10, ignore };
};
const f1 = (found: Float32Array, labels: Label[], labelledClasses: number[] | null = null): number | null =>
  f1OnLabels([{ rows: found, labels, labelledClasses }], THRESHOLDS);

test('counts what is reported in the right class and place, what is not there, and what is missed', () => {
  const found = rows([0, 0, 10, 10, 0.9, 0], [20, 0, 30, 10, 0.9, 1], [60, 0, 70, 10, 0.2, 0]);
  // the first is right, the second has the wrong class, the third is too weak to be reported
  assert.is(f1(found, [label(0, 0, 10), label(0, 20, 30), label(0, 60, 70)]), 0.4);
});

test('a class that is never reported, or that nobody looked for, is not judged', () => {
  const found = rows([0, 0, 10, 10, 0.9, 0], [20, 0, 30, 10, 0.9, 1], [40, 0, 50, 10, 0.9, 2]);
  assert.is(f1(found, [label(0, 0, 10), label(2, 80, 90)], [0, 2]), 1);
});

test('what lies in a region to be ignored is neither right nor wrong', () => {
  const found = rows([0, 0, 10, 10, 0.9, 0], [42, 0, 52, 10, 0.9, 0]);
  assert.is(f1(found, [label(0, 0, 10), label(0, 40, 60, true)]), 1);
});

test('without labels there is no figure', () => {
  assert.is(f1(rows([0, 0, 10, 10, 0.9, 0]), []), null);
});

test('a set has the same name for models that call their classes in another order, and another where classes differ', () => {
  const frames = (...labels: Label[]) => [{ labels, labelledClasses: null }];
  const first = labelSetName(frames(label(0, 0, 10), label(1, 20, 30)), ['car', 'bus'], [0.3, 0.3]);
  const second = labelSetName(frames(label(1, 0, 10), label(0, 20, 30)), ['bus', 'car'], [0.5, 0.5]);
  assert.is(first, second);
  assert.match(first, /^1 pictures, labels [0-9a-f]{12}: bus, car$/);
  assert.is.not(labelSetName(frames(label(0, 0, 10), label(1, 20, 30)), ['car', 'bus'], [0.3, 2]), first);
});

test.run();
