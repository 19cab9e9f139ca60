import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mapClasses } from '../../../src/optimize/gate/detections-of.js';
import { compare, f1Of, precisionOf, recallOf } from '../../../src/optimize/gate/likeness.js';

const OPTIONS = { classes: ['car', 'truck'], scoreThreshold: 0.35 };

/** A box 100 wide at `x`. */
const box = (x: number, score: number, classIndex = 0) => [x, 0, x + 100, 50, score, classIndex];

const likeness = (parent: number[][], variant: number[][], options = OPTIONS) =>
  compare([Float32Array.from(parent.flat())], [Float32Array.from(variant.flat())], options);

test('the same boxes agree wholly', () => {
  const { total, deviations } = likeness([box(0, 0.9), box(200, 0.4, 1)], [box(0, 0.9), box(200, 0.4, 1)]);
  assert.equal(total, { reference: 2, found: 2, reported: 2, justified: 2 });
  assert.equal(deviations[0], { iou: 1, cornerPx: 0, score: 0 });
});

test('a box that the parent reports and the variant does not is lost', () => {
  const { total } = likeness([box(0, 0.9), box(200, 0.36)], [box(0, 0.9), box(200, 0.34)]);
  assert.equal([recallOf(total), precisionOf(total)], [0.5, 1]);
});

test('a box is not false where the parent nearly reported one', () => {
  const { total } = likeness([box(0, 0.9), box(200, 0.26)], [box(0, 0.9), box(200, 0.36)]);
  assert.equal(total, { reference: 1, found: 1, reported: 2, justified: 2 });
});

test('a box is false where the parent was far from reporting one', () => {
  const { total } = likeness([box(0, 0.9), box(200, 0.24)], [box(0, 0.9), box(200, 0.36)]);
  assert.equal([recallOf(total), precisionOf(total)], [1, 0.5]);
  assert.is(f1Of(total), 2 / 3);
});

test('two boxes on one vehicle are one too many', () => {
  assert.is(precisionOf(likeness([box(0, 0.9)], [box(0, 0.9), box(10, 0.5)]).total), 0.5);
});

test('a box that overlaps by less than half is another vehicle', () => {
  // 60 of 140 pixels shared
  assert.equal(likeness([box(0, 0.9)], [box(40, 0.9)]).total, { reference: 1, found: 0, reported: 1, justified: 0 });
});

test('a vehicle of another class is lost there and false here', () => {
  const { perClass } = likeness([box(0, 0.9, 0)], [box(0, 0.9, 1)]);
  assert.equal(perClass, [
    { reference: 1, found: 0, reported: 0, justified: 0 },
    { reference: 0, found: 0, reported: 1, justified: 0 },
  ]);
});

test('a box goes to the reference that must be found, not to a weak one that it overlaps more', () => {
  assert.is(likeness([box(0, 0.3), box(20, 0.9)], [box(0, 0.9)]).total.found, 1);
});

test('how far boxes and scores moved is kept per pair', () => {
  const { deviations } = likeness([box(0, 0.5)], [[3, 4, 100, 50, 0.75, 0]]);
  assert.equal([deviations[0]!.cornerPx, deviations[0]!.score], [5, 0.25]);
});

test('classes that are never reported are not judged', () => {
  const { total } = likeness([box(0, 0.9, 1)], [box(200, 0.9, 1)], { ...OPTIONS, scoreThreshold: [0.35, 2] } as never);
  assert.equal(total, { reference: 0, found: 0, reported: 0, justified: 0 });
});

test('nothing there and nothing said is right', () => {
  assert.is(f1Of(likeness([], []).total), 1);
});

test('boxes of different numbers of frames are no comparison', () => {
  assert.throws(() => compare([new Float32Array(0)], [], OPTIONS), /expected the same frames of both, got 1 and 0/);
});

test('a variant with classes cut out is brought to the classes of its parent', () => {
  const rows = [Float32Array.from([...box(0, 0.9, 1), ...box(9, 0.8, 0)])];
  assert.equal(
    [...mapClasses(rows, ['bus', 'truck'], ['car', 'truck', 'bus'])[0]!].filter((_, i) => i % 6 === 5),
    [1, 2],
  );
  assert.is(mapClasses(rows, ['bus', 'truck'], ['car', 'truck'])[0]!.length, 6);
});

test.run();
