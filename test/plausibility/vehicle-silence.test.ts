import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VehicleSilence } from '../../src/plausibility/vehicle-silence.js';

const test = suite('VehicleSilence');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight. */
const BEGIN = 20_000 * DAY;

/** A camera with a frame each half minute. */
function camera(silence = new VehicleSilence((at) => Math.floor((at % DAY) / HOUR))) {
  let at = BEGIN;
  return {
    silence,
    at: () => at,
    /** Watches until a time. @param every ms between two vehicles, by hour of the day; null: none comes */
    until(end: number, every: (hour: number) => number | null, isTrusted = true): void {
      for (; at < end; at += MINUTE / 2) {
        const gap = every(Math.floor((at % DAY) / HOUR));
        silence.see(gap !== null && at % gap === 0 ? 1 : 0, isTrusted, at - BEGIN, at);
      }
    },
  };
}

/** A vehicle every 5 minutes by day, every hour in the night. */
const usual = (hour: number): number => (hour >= 6 && hour < 22 ? 5 * MINUTE : HOUR);
const never = (): null => null;

test('a silence of 20 minutes is told by day, where a vehicle comes every five', () => {
  const { silence, until } = camera();
  until(BEGIN + 6 * DAY + 14 * HOUR, usual);
  until(BEGIN + 6 * DAY + 14 * HOUR + 14.5 * MINUTE, never);
  assert.is(silence.fault(), null);
  until(BEGIN + 6 * DAY + 14 * HOUR + 30 * MINUTE, never);
  assert.equal(silence.fault(), {
    fault: 'no-vehicles',
    seen: 'no vehicle for 35 min, 5 min at most at this hour before',
  });
  until(BEGIN + 6 * DAY + 15 * HOUR, usual);
  assert.is(silence.fault(), null);
});

test('by night, where one comes every hour, it takes three', () => {
  const { silence, until } = camera();
  until(BEGIN + 6 * DAY + 1 * HOUR, usual);
  until(BEGIN + 6 * DAY + 2.9 * HOUR, never);
  assert.is(silence.fault(), null);
  until(BEGIN + 6 * DAY + 3.2 * HOUR, never);
  assert.is(silence.fault()!.fault, 'no-vehicles');
});

test('nothing is said before an hour was watched on five days', () => {
  const { silence, until } = camera();
  until(BEGIN + 4 * DAY + 14 * HOUR, usual);
  until(BEGIN + 4 * DAY + 15 * HOUR, never);
  assert.is(silence.fault(), null);
});

test('a silence that was told is experience only once a vehicle has ended it', () => {
  const blind = camera();
  blind.until(BEGIN + 6 * DAY + 14 * HOUR, usual);
  blind.until(BEGIN + 9 * DAY + 14 * HOUR, never);
  assert.is(blind.silence.fault()!.seen, 'no vehicle for 72 h, 20 min at most at this hour before');

  const closed = camera();
  closed.until(BEGIN + 6 * DAY + 14 * HOUR, usual);
  closed.until(BEGIN + 6 * DAY + 14.75 * HOUR, never);
  closed.until(BEGIN + 7 * DAY + 14 * HOUR, usual);
  closed.until(BEGIN + 7 * DAY + 14.9 * HOUR, never);
  assert.is(closed.silence.fault(), null);
});

test('while the camera was not well it is not silent, and learns nothing', () => {
  const { silence, until } = camera();
  until(BEGIN + 6 * DAY + 14 * HOUR, usual);
  silence.take();
  until(BEGIN + 6 * DAY + 20 * HOUR, never, false);
  assert.is(silence.fault(), null);
  assert.equal(silence.take(), []);
});

test('what is kept lets another run begin with it', () => {
  const before = camera();
  before.until(BEGIN + 6 * DAY, usual);
  const kept = before.silence.take();
  assert.is(kept.length, 144);
  assert.equal(kept[14], { hour: 20_000 * 24 + 14, longestMs: 5 * MINUTE });
  assert.equal(before.silence.take(), []);

  const after = camera();
  after.silence.seed(kept);
  after.until(BEGIN + MINUTE, never, false);
  for (let at = BEGIN + 6 * DAY + 14 * HOUR, i = 0; i < 60; i++)
    after.silence.see(0, true, (i * MINUTE) / 2, at + (i * MINUTE) / 2);
  assert.is(after.silence.fault()!.seen, 'no vehicle for 30 min, 5 min at most at this hour before');
});

test('remembers thirty days and no more', () => {
  const { silence, until } = camera();
  until(BEGIN + 40 * DAY, usual);
  assert.is(silence.take().length, 720);
});

test('a machine that slept, or a clock that jumped, is no silence', () => {
  const { silence, until } = camera();
  until(BEGIN + 6 * DAY + 14 * HOUR, usual);
  const now = 6 * DAY + 14 * HOUR;
  silence.see(1, true, now, BEGIN + now);
  silence.see(0, true, now + 5 * HOUR, BEGIN + now + 1000 * DAY);
  assert.is(silence.fault(), null);
});

test.run();
