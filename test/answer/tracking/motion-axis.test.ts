import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MotionAxis } from '../../../src/answer/tracking/motion-axis.js';

const near = (actual: number, expected: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `expected about ${expected}, got ${actual}`);

test('without measurements it goes on at its speed, and the doubt about its movement grows', () => {
  const axis = new MotionAxis(100, 1, 4);
  axis.velocity = 0.5;
  axis.predict(2, 0);
  near(axis.value, 101);
  near(axis.drift, 4);
  axis.predict(2, 0);
  near(axis.value, 102);
  near(axis.drift, 8);
});

test('what the speed may gain adds to the doubt, and two steps are as one', () => {
  const whole = new MotionAxis(0, 1, 0);
  whole.predict(2, 3);
  near(whole.drift, Math.sqrt(8));
  const halves = new MotionAxis(0, 1, 0);
  halves.predict(1, 3);
  halves.predict(1, 3);
  near(halves.drift, Math.sqrt(8));
});

test('learns its speed from inferences alone', () => {
  const axis = new MotionAxis(0, 1, 1);
  for (let i = 1; i <= 20; i++) {
    axis.predict(100, 0);
    axis.detect(i * 10, 1);
  }
  near(axis.velocity, 0.1, 0.002);
  near(axis.value, 200, 0.5);
});

test('learns its speed from the picture alone', () => {
  const axis = new MotionAxis(0, 1, 1);
  for (let i = 1; i <= 20; i++) {
    axis.predict(40, 0);
    axis.follow(i * 4, 0.1);
  }
  near(axis.velocity, 0.1, 0.002);
  near(axis.value, 80, 0.2);
});

test('however often the picture confirms the movement, the next inference corrects the place as the first would', () => {
  const axis = new MotionAxis(0, 4, 0);
  for (let i = 0; i < 50; i++) {
    axis.predict(40, 0);
    axis.follow(0, 0.01);
  }
  axis.detect(10, 4);
  near(axis.value, 5);
});

test('what the picture shows counts the more, the less is known of the movement', () => {
  const moved = (afterMs: number): number => {
    const axis = new MotionAxis(0, 1, 0.01);
    axis.predict(afterMs, 0);
    axis.follow(10, 1);
    return axis.value;
  };
  near(moved(10), 5);
  assert.ok(moved(100) > 9.8);
  assert.ok(moved(1) < 0.2);
});

test('begins anew at a place that does not compare with what was known, at the speed it had', () => {
  const axis = new MotionAxis(0, 1, 1);
  axis.velocity = 0.25;
  axis.predict(100, 0);
  axis.restart(400, 9);
  near(axis.value, 400);
  near(axis.velocity, 0.25);
  near(axis.drift, 0);
  axis.hold();
  axis.predict(100, 0);
  near(axis.value, 400);
});

test.run();
