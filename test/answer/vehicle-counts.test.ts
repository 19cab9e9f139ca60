import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VehicleCounts } from '../../src/answer/vehicle-counts.js';
import type { Detections } from '../../src/detect/detections.js';

/** One box per given class index. */
function boxes(...classes: number[]): Detections {
  return { count: classes.length, data: Float32Array.from(classes.flatMap((c) => [0, 0, 10, 10, 0.9, c])) };
}

const every = { stableFrames: 1, minIntervalMs: 0 };

test('an empty road is no event', () => {
  const counts = new VehicleCounts(2, every);
  assert.is(counts.push(boxes(), 0), null);
});

test('tells the counts per class before and after a change', () => {
  const counts = new VehicleCounts(3, every);
  counts.push(boxes(0, 0), 0);
  const change = counts.push(boxes(0, 2), 40)!;
  assert.equal([...change.previous], [2, 0, 0]);
  assert.equal([...change.counts], [1, 0, 1]);
  assert.is(change.arrived, 1);
});

test('believes a change only after it held for the stable frames', () => {
  const counts = new VehicleCounts(1, { stableFrames: 3, minIntervalMs: 0 });
  assert.is(counts.push(boxes(0), 0), null);
  assert.is(counts.push(boxes(0), 1), null);
  assert.equal([...counts.push(boxes(0), 2)!.counts], [1]);
});

test('a box that flickers for one frame is no event', () => {
  const counts = new VehicleCounts(1, { stableFrames: 2, minIntervalMs: 0 });
  for (let at = 0; at < 20; at++) assert.is(counts.push(at % 2 ? boxes(0) : boxes(), at), null);
});

test('merges changes that come within the shortest interval', () => {
  const counts = new VehicleCounts(1, { stableFrames: 1, minIntervalMs: 100 });
  assert.ok(counts.push(boxes(0), 0));
  assert.is(counts.push(boxes(0, 0), 40), null);
  assert.is(counts.push(boxes(0, 0, 0), 80), null);
  const change = counts.push(boxes(0, 0, 0), 120)!;
  assert.equal([...change.previous], [1]);
  assert.equal([...change.counts], [3]);
  assert.is(change.arrived, 2);
});

test('counts nobody as arrived when vehicles only leave', () => {
  const counts = new VehicleCounts(1, every);
  counts.push(boxes(0, 0, 0), 0);
  assert.is(counts.push(boxes(0), 1)!.arrived, 0);
});

test('goes on telling changes when the clock is set back', () => {
  const counts = new VehicleCounts(1, { stableFrames: 1, minIntervalMs: 1000 });
  assert.ok(counts.push(boxes(0), 3_600_000));
  assert.ok(counts.push(boxes(), 40));
  assert.is(counts.push(boxes(0), 80), null);
});

test.run();
