import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SceneClock } from '../../src/capture/scene-clock.js';

const timeline = (...media: (number | null)[]) => {
  const clock = new SceneClock();
  return { times: media.map((ms) => clock.at(ms)), jumps: clock.jumps };
};

test('follows the stream and begins at 0', () => {
  assert.equal(timeline(5000, 5040, 5160), { times: [0, 40, 160], jumps: 0 });
});

test('goes on by one step where timestamps jump back, and counts it', () => {
  assert.equal(timeline(0, 100, 200, 0, 100), { times: [0, 100, 200, 300, 400], jumps: 1 });
});

test('goes on by one step where a 32-bit timestamp wraps or leaps', () => {
  const wrap = 2 ** 32 / 90;
  assert.equal(timeline(wrap - 80, wrap - 40, 0, 40), { times: [0, 40, 80, 120], jumps: 1 });
  assert.equal(timeline(0, 40, 95_000_000, 95_000_040), { times: [0, 40, 80, 120], jumps: 1 });
});

test('a picture without a timestamp comes one step after the one before', () => {
  assert.equal(timeline(0, 100, null, null), { times: [0, 100, 200, 300], jumps: 0 });
});

test('what a picture without a timestamp went on by is in the step of the next one that has one, not on top of it', () => {
  assert.equal(timeline(0, 100, null, 300, 400), { times: [0, 100, 200, 300, 400], jumps: 0 });
  assert.equal(timeline(0, 100, null, null, 250, 300), { times: [0, 100, 200, 300, 300, 300], jumps: 0 });
  const late = timeline(0, 100, null, null, 400, null, 600);
  assert.equal(late, { times: [0, 100, 200, 300, 400, 500, 600], jumps: 0 });
});

test('pictures before the first timestamp are not at its time', () => {
  assert.equal(timeline(null, null, 5000, 5100), { times: [40, 80, 120, 220], jumps: 0 });
});

test('what was ahead of a jump is not taken off what comes after it', () => {
  assert.equal(timeline(0, 100, null, 50, 150), { times: [0, 100, 200, 300, 400], jumps: 1 });
});

test('a long step is none for pictures that are always so far apart', () => {
  const clock = new SceneClock(20_000);
  assert.equal(
    [0, 20_000, 40_000, 0].map((ms) => clock.at(ms)),
    [0, 20_000, 40_000, 60_000],
  );
  assert.is(clock.jumps, 1);
});

test('a restarted reader begins anew without a jump', () => {
  const clock = new SceneClock();
  clock.at(0);
  clock.at(100);
  clock.restart();
  assert.equal([clock.at(7), clock.at(107), clock.jumps], [200, 300, 0]);
});

test.run();
