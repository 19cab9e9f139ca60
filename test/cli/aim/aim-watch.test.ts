import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AimWatch } from '../../../src/cli/aim/aim-watch.js';
import type { Frame } from '../../../src/frame/frame.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';

const test = suite('aim watch');

/** What was found in a picture of a camera of 1280 × 720. */
function result(sceneMs: number, vehicles: Readonly<Record<number, readonly number[]>>): FrameResult {
  const rows = Object.values(vehicles).flatMap((box) => [...box, 0.9, 0]);
  return {
    camera: 'north',
    sceneMs,
    sourceWidth: 1280,
    sourceHeight: 720,
    detections: { count: rows.length / 6, data: Float32Array.from(rows) },
    trackIds: Int32Array.from(Object.keys(vehicles), Number),
  } as unknown as FrameResult;
}

test('vehicles that came are counted, once each, and not those that were there from the beginning', () => {
  const watch = new AimWatch(0);
  watch.answered(result(0, { 1: [0, 0, 9, 9], 2: [20, 0, 29, 9] }));
  assert.is(watch.vehiclesPerMinute, null);
  for (let ms = 500; ms <= 31_000; ms += 500) {
    const came = ms > 10_000 ? { 3: [40, 0, 49, 9] } : {};
    watch.answered(result(ms, { 1: [0, 0, 9, 9], ...came }));
  }
  // one in the thirty seconds after the first one
  assert.is(watch.vehiclesPerMinute, 2);
  for (let ms = 31_500; ms <= 90_000; ms += 500) watch.answered(result(ms, { 1: [0, 0, 9, 9], 3: [40, 0, 49, 9] }));
  assert.is(watch.vehiclesPerMinute, 0);
});

test('the smallest vehicle is told in pixels of the camera, and the pixels of the frame go back', () => {
  const watch = new AimWatch(0);
  let released = 0;
  const frame = {
    width: 640,
    height: 360,
    data: new Uint8Array(640 * 360 * 3).fill(100),
    release: () => released++,
  } as unknown as Frame;
  watch.take(frame, result(0, { 1: [0, 0, 100, 100], 2: [200, 200, 232, 218] }));
  assert.is(released, 1);
  assert.is(watch.smallestFound, 24);
  assert.equal(watch.picture?.boxes[1], [100, 100, 116, 109]);
  assert.is(watch.picture?.light.sharpness, null);
  assert.is(watch.bestSharpness, null);
});

test.run();
