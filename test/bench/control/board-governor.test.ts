import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BoardGovernor } from '../../../bench/control/board-governor.js';

const settings = {
  trips: [
    { at: 80, lowestClock: 2 },
    { at: 85, lowestClock: 0 },
  ],
  hysteresis: 3,
  everyS: 1,
  downBy: 1,
  powerLimit: null,
  shutdownAt: 110,
};

test('a step down each second above a trip point, no lower than it says, and up again below the hysteresis', () => {
  const governor = new BoardGovernor(settings, 5);
  const clocks = [81, 82, 83, 84, 86, 86, 86, 78, 76.9, 76, 76, 76].map((temperature) => {
    governor.second(temperature, 5, 4);
    return governor.clock;
  });
  assert.equal(clocks, [3, 2, 2, 2, 1, 0, 0, 0, 1, 2, 3, 4]);
  assert.is(governor.heldBy, null);
});

test('a lower power mode is no throttling, and its end lets the clock rise', () => {
  const governor = new BoardGovernor(settings, 5);
  governor.second(50, 5, 1);
  assert.is(governor.clock, 1);
  assert.is(governor.heldBy, null);
  governor.second(50, 5, 4);
  assert.is(governor.clock, 2);
  assert.is(governor.heldBy, null);
});

test('power above the limit for long holds the board back, and says so', () => {
  const governor = new BoardGovernor({ ...settings, powerLimit: { watts: 10, overS: 5 } }, 5);
  governor.second(50, 9, 4);
  assert.is(governor.heldBy, null);
  for (let second = 0; second < 5; second++) governor.second(50, 15, 4);
  assert.is(governor.heldBy, 'power');
  assert.ok(governor.clock < 4);
  for (let second = 0; second < 60; second++) governor.second(50, 5, 4);
  assert.is(governor.heldBy, null);
  assert.is(governor.clock, 4);
});

test.run();
