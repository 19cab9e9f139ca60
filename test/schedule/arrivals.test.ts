import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arrivals } from '../../src/schedule/arrivals.js';

/** A camera that keeps time: frames at `first`, `first + period`, … */
function camera(arrivals: Arrivals, name: string, first: number, period: number, frames: number): void {
  for (let i = 0; i < frames; i++) arrivals.seen(name, first + i * period);
}

function forecastOf(arrivals: Arrivals, now: number, until: number): [number, boolean][] {
  const { count, at, sure } = arrivals.forecast(now, until);
  return Array.from({ length: count }, (_, i) => [Math.round(at[i]!), sure[i] === 1]);
}

test('expects the next frame of each camera that keeps time, and counts on the first of them', () => {
  const arrivals = new Arrivals(16);
  camera(arrivals, 'north', 0, 40, 10);
  camera(arrivals, 'south', 15, 40, 10);
  assert.equal(forecastOf(arrivals, 380, 450), [
    [400, true],
    [415, true],
    [440, false],
  ]);
});

test('counts on nothing of a source that comes as it likes', () => {
  const arrivals = new Arrivals(16);
  for (const at of [0, 5, 90, 100, 250, 260, 400]) arrivals.seen('scene', at);
  assert.ok(forecastOf(arrivals, 410, 1000).every(([, isSure]) => !isSure));
});

test('counts no longer on a camera that is late', () => {
  const arrivals = new Arrivals(16);
  camera(arrivals, 'north', 0, 40, 10);
  assert.equal(forecastOf(arrivals, 410, 460), [[450, false]]);
});

test('forgets a source that is gone', () => {
  const arrivals = new Arrivals(16);
  camera(arrivals, 'north', 0, 40, 10);
  assert.equal(forecastOf(arrivals, 10_000, 20_000), []);
});

test('keeps the soonest where there are more than it can hold', () => {
  const arrivals = new Arrivals(2);
  camera(arrivals, 'slow', 0, 100, 10);
  camera(arrivals, 'quick', 5, 10, 90);
  assert.equal(
    forecastOf(arrivals, 896, 2000).map(([at]) => at),
    [905, 915],
  );
});

test.run();
