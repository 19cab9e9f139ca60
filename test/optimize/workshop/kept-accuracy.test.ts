import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Ap, GateReport } from '../../../src/optimize/gate/gate.js';
import {
  type AccuracyParts,
  accuracyKept,
  isOwnAccuracy,
  labelProblem,
} from '../../../src/optimize/workshop/kept-accuracy.js';

const ap = (ap50: number, labels: number): Ap => ({
  ap50,
  ap5095: ap50 / 2,
  perClass: [{ name: 'car', ap50, ap5095: ap50 / 2, labels }],
});

function kept(change: Partial<AccuracyParts>) {
  return accuracyKept({
    reference: 'fp32-416x256',
    gate: null,
    sizeF1: null,
    defaultF1: null,
    labelled: null,
    frames: 120,
    ...change,
  });
}

const gate = (f1: number): GateReport => ({ f1 }) as GateReport;

test('without labels a variant keeps its F1 against the fp32 model of its size', () => {
  assert.equal(kept({ gate: gate(0.985) }), {
    metric: 'F1 against fp32 on 120 held-back frames (models optimize)',
    relativeToFp32: 0.985,
  });
});

test('a smaller size costs what it finds less of than the default size does', () => {
  assert.is(kept({ sizeF1: 0.72, defaultF1: 0.8 }).relativeToFp32, 0.9);
  assert.is(kept({ sizeF1: 0.72, defaultF1: 0.8, gate: gate(0.98) }).relativeToFp32, 0.882);
});

test('the largest size may be worth more than the default one', () => {
  assert.is(kept({ sizeF1: 1, defaultF1: 0.8 }).relativeToFp32, 1.25);
});

test('labels decide where there are enough', () => {
  const labelled = { variant: ap(0.54, 300), reference: ap(0.6, 300), images: 40 };
  assert.equal(kept({ gate: gate(0.985), labelled }), {
    metric: 'AP50 on 40 labelled pictures (models optimize)',
    relativeToFp32: 0.9,
  });
  const few = { ...labelled, reference: ap(0.6, 20) };
  assert.is(kept({ gate: gate(0.985), labelled: few }).relativeToFp32, 0.985);
});

test('labels that do not fit the model decide nothing', () => {
  const labelled = { variant: ap(0.09, 300), reference: ap(0.07, 300), images: 40 };
  assert.is(kept({ gate: gate(0.985), labelled }).relativeToFp32, 0.985);
  assert.match(labelProblem(labelled.reference)!, /AP50 0\.070 only: do the labels' class numbers mean its classes/);
  assert.match(labelProblem(ap(0.6, 20))!, /^20 labels are too few/);
  assert.is(labelProblem(ap(0.6, 300)), null);
  assert.is(labelProblem(null), null);
});

test('a figure of somebody else is told from one of its own', () => {
  assert.is(isOwnAccuracy(kept({ gate: gate(1) })), true);
  assert.is(isOwnAccuracy({ metric: 'mAP50, 362 roadside CCTV pictures', relativeToFp32: 1 }), false);
  assert.is(isOwnAccuracy(null), false);
});

test.run();
