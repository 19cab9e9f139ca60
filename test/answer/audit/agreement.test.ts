import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Agreement,
  addTally,
  agreementScores,
  classShare,
  emptyTally,
  f1,
} from '../../../src/answer/audit/agreement.js';
import type { Detections } from '../../../src/frame/detections.js';

type Box = readonly [x1: number, y1: number, x2: number, y2: number, score: number, kind: number];

const boxes = (...rows: Box[]): Detections => ({ count: rows.length, data: Float32Array.from(rows.flat()) });
const at = (x: number, score = 0.8, kind = 2): Box => [x, 0, x + 100, 100, score, kind];

function compare(output: Detections, reference: Detections) {
  const tally = emptyTally();
  new Agreement(agreementScores(0.35)).compare(output, reference, tally);
  return tally;
}

test('the scores around a report threshold of 0.35 are 0.25 and 0.5', () => {
  const { lowerScore, upperScore } = agreementScores(0.35);
  assert.ok(Math.abs(lowerScore - 0.25) < 1e-12);
  assert.ok(Math.abs(upperScore - 0.5) < 1e-12);
});

test('a high report threshold keeps the upper score below 1', () => {
  assert.is(agreementScores(0.8).upperScore, 0.9);
});

test('equal boxes agree', () => {
  const both = boxes(at(0), at(200));
  assert.equal(compare(both, both), { truePositives: 2, falsePositives: 0, misses: 0, classAgrees: 2 });
});

test('a sure reference that the answer has not is a miss', () => {
  assert.equal(compare(boxes(), boxes(at(0, 0.5))), { truePositives: 0, falsePositives: 0, misses: 1, classAgrees: 0 });
});

test('an unsure reference is no miss', () => {
  assert.is(compare(boxes(), boxes(at(0, 0.49))).misses, 0);
});

test('an unsure reference justifies a box', () => {
  assert.equal(compare(boxes(at(0)), boxes(at(0, 0.26))), {
    truePositives: 1,
    falsePositives: 0,
    misses: 0,
    classAgrees: 1,
  });
});

test('a reference below the lower score justifies nothing', () => {
  assert.is(compare(boxes(at(0)), boxes(at(0, 0.24))).falsePositives, 1);
});

test('boxes that overlap by less than half are two vehicles', () => {
  // 66 of 134 pixels in a row are shared, then 67 of 133
  assert.equal(compare(boxes(at(34)), boxes(at(0))), {
    truePositives: 0,
    falsePositives: 1,
    misses: 1,
    classAgrees: 0,
  });
  assert.is(compare(boxes(at(33)), boxes(at(0))).truePositives, 1);
});

test('a second box on one vehicle is false', () => {
  assert.equal(compare(boxes(at(0), at(5)), boxes(at(0))), {
    truePositives: 1,
    falsePositives: 1,
    misses: 0,
    classAgrees: 1,
  });
});

test('each reference takes the box that overlaps it most', () => {
  const output = boxes(at(10, 0.9, 7), at(0, 0.4, 2));
  assert.equal(compare(output, boxes(at(0))), { truePositives: 1, falsePositives: 1, misses: 0, classAgrees: 1 });
});

test('a box goes to the sure reference before a nearer unsure one', () => {
  assert.is(compare(boxes(at(0)), boxes(at(0, 0.3), at(20, 0.9))).misses, 0);
});

test('the class is told apart from the place', () => {
  const tally = compare(boxes(at(0, 0.8, 7), at(200)), boxes(at(0), at(200)));
  assert.is(tally.truePositives, 2);
  assert.is(classShare(tally), 0.5);
  assert.is(classShare(emptyTally()), null);
});

test('rows beyond the count are not looked at, and many boxes fit', () => {
  const many = boxes(...Array.from({ length: 1000 }, (_, i) => at(i * 10)));
  const some = { count: 1, data: many.data };
  const tally = emptyTally();
  const agreement = new Agreement(agreementScores(0.35));
  agreement.compare(many, many, tally);
  assert.equal(tally, { truePositives: 1000, falsePositives: 0, misses: 0, classAgrees: 1000 });
  agreement.compare(some, some, tally);
  assert.equal(tally, { truePositives: 1, falsePositives: 0, misses: 0, classAgrees: 1 });
});

test('F1 is 1 where nothing is there and nothing is said, and 2TP of all otherwise', () => {
  assert.is(f1(emptyTally()), 1);
  assert.is(f1({ truePositives: 3, falsePositives: 1, misses: 1, classAgrees: 0 }), 0.75);
});

test('tallies add up', () => {
  const sum = emptyTally();
  for (let i = 0; i < 2; i++) addTally(sum, { truePositives: 1, falsePositives: 2, misses: 3, classAgrees: 1 });
  assert.equal(sum, { truePositives: 2, falsePositives: 4, misses: 6, classAgrees: 2 });
});

test.run();
