import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ThrottlePoint } from '../../../../src/tune/control/thermal/throttle-point.js';

test('the limit lies two degrees under the throttle point that is told, or where the user puts it', () => {
  const point = new ThrottlePoint();
  point.update(85, 50, false, 5);
  assert.equal([point.limit(null), point.limit(70), point.limit(95)], [83, 70, 83]);
});

test('without any throttle point there is no limit', () => {
  const point = new ThrottlePoint();
  point.update(null, 50, false, 5);
  assert.is(point.limit(null), null);
});

test('a board that is seen to throttle earlier than it says is believed, a degree a day less', () => {
  const point = new ThrottlePoint();
  point.update(85, 60, false, 5);
  point.update(85, 72, true, 5);
  assert.is(point.limit(null), 70);
  for (let hour = 0; hour < 24; hour++) point.update(85, 60, false, 3600);
  assert.is(Math.round(point.limit(null)! * 100) / 100, 71);
});

test('while it cools, still held back, nothing lower is learnt', () => {
  const point = new ThrottlePoint();
  point.update(null, 60, false, 0);
  for (const celsius of [72, 68, 62]) point.update(null, celsius, true, 0);
  assert.is(point.at, 72);
});

test('a board that is not let go under the limit gets cooler, half a degree a minute, four at most, until it is', () => {
  const point = new ThrottlePoint();
  point.update(80, 79, false, 5);
  point.update(80, 81, true, 5);
  assert.is(point.limit(null), 78);
  for (let s = 0; s < 60; s += 5) point.update(80, 77, true, 5);
  assert.is(Math.round(point.limit(null)! * 100) / 100, 77.5);
  for (let s = 0; s < 60; s += 5) point.update(80, 90, true, 5);
  assert.is(
    Math.round(point.limit(null)! * 100) / 100,
    77.5,
    'it is warmer than that: nothing says that it is too little',
  );
  for (let minute = 0; minute < 60; minute++) point.update(80, 70, true, 60);
  assert.is(point.limit(null), 74);
  point.update(80, 73, false, 5);
  assert.is(point.limit(null), 78);
});

test.run();
