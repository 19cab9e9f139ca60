import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MotionByPlace } from '../../../src/answer/tracking/motion-by-place.js';

const PICTURE = { width: 640, height: 360 };
const UNKNOWN = { right: 1e-5, down: 5e-6 };

function passed(times: number, x: number, y: number, right: number, down: number, into = new MotionByPlace(PICTURE)) {
  for (let i = 0; i < times; i++) into.learn(x, y, right * (1 + 0.1 * ((i % 3) - 1)), down);
  return into;
}

test('a new vehicle is expected to go as those before it went in its lane', () => {
  const ways = passed(1, 100, 300, 0.002, -0.001);
  assert.is(ways.at(100, 300, UNKNOWN), null);
  passed(11, 100, 300, 0.002, -0.001, ways);
  const usual = ways.at(104, 310, UNKNOWN)!;
  assert.ok(Math.abs(usual.right - 0.002) < 0.0002 && Math.abs(usual.down + 0.001) < 0.0001, JSON.stringify(usual));
  assert.ok(usual.rightVariance < UNKNOWN.right / 5, String(usual.rightVariance));
  assert.is(ways.at(500, 60, UNKNOWN), null);
});

test('lanes far enough from each other have each their own way, and a place between learns a little of both', () => {
  const ways = passed(20, 100, 200, 0.002, 0);
  passed(20, 300, 200, -0.002, 0, ways);
  assert.ok(ways.at(100, 200, UNKNOWN)!.right > 0.0018);
  assert.ok(ways.at(300, 200, UNKNOWN)!.right < -0.0018);
  assert.ok(ways.at(130, 200, UNKNOWN)!.right > 0.0015);
});

test('where some go one way and some the other, hardly more is known than at first', () => {
  const ways = passed(20, 100, 200, 0.003, 0);
  passed(20, 100, 200, -0.003, 0, ways);
  const usual = ways.at(100, 200, UNKNOWN)!;
  assert.ok(Math.abs(usual.right) < 0.002);
  assert.ok(usual.rightVariance > 0.5 * UNKNOWN.right, String(usual.rightVariance));
});

test('what was learned moves with a camera that sways, and fades where a lane goes another way', () => {
  const ways = passed(20, 100, 200, 0.002, 0);
  ways.shift(200, 0);
  assert.ok(ways.at(300, 200, UNKNOWN)!.right > 0.0018);
  assert.is(ways.at(100, 200, UNKNOWN), null);
  passed(100, 300, 200, -0.002, 0, ways);
  assert.ok(ways.at(300, 200, UNKNOWN)!.right < -0.0017);
  ways.forget();
  assert.is(ways.at(100, 200, UNKNOWN), null);
});

test.run();
