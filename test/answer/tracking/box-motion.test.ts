import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BoxMotion } from '../../../src/answer/tracking/box-motion.js';

const PICTURE = { width: 640, height: 360 };
const motionOf = (...box: number[]) => new BoxMotion(Float32Array.from(box), 0, PICTURE);

function boxOf(motion: BoxMotion): number[] {
  const box = new Float32Array(4);
  motion.box(box, 0);
  return Array.from(box, Math.round);
}

test('a box is where it was detected until it moves, and moves on as it was seen to', () => {
  const motion = motionOf(100, 100, 140, 120);
  assert.equal(boxOf(motion), [100, 100, 140, 120]);
  assert.is(Math.round(motion.size), 28);
  motion.predict(100);
  motion.detect(Float32Array.of(110, 100, 150, 120), 0, false);
  const [x1] = boxOf(motion) as [number];
  assert.ok(x1 > 105 && x1 <= 110, String(x1));
  assert.ok(motion.speed > 0);
  motion.predict(100);
  assert.ok(boxOf(motion)[0]! > x1);
  motion.hold();
  assert.is(motion.speed, 0);
});

test('what an edge cuts off reaches to that edge, and its part says nothing of the speed', () => {
  const motion = motionOf(0, 100, 30, 120);
  assert.equal([motion.isCutAcross, motion.isCutDown], [true, false]);
  motion.predict(100);
  motion.detect(Float32Array.of(0, 100, 50, 120), 0, false);
  assert.equal(boxOf(motion), [0, 100, 50, 120]);
  assert.is(motion.x.velocity, 0);
  motion.detect(Float32Array.of(10, 100, 60, 120), 0, false);
  assert.is(motion.isCutAcross, false);
});

test('a box too weak to be reported corrects less', () => {
  const [sure, weak] = [motionOf(100, 100, 140, 120), motionOf(100, 100, 140, 120)];
  sure.detect(Float32Array.of(110, 100, 150, 120), 0, false);
  weak.detect(Float32Array.of(110, 100, 150, 120), 0, true);
  assert.ok(weak.x.value < sure.x.value, `${weak.x.value} and ${sure.x.value}`);
});

test.run();
