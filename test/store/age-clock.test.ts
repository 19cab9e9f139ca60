import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AgeClock } from '../../src/store/age-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T = 20_000 * DAY;

/** How many minutes a clock that goes evenly is asked until it is believed. */
function minutesUntilBelieved(clock: AgeClock, from: number): number {
  let minutes = 0;
  while (!clock.believes(from + minutes * MINUTE)) minutes++;
  return minutes;
}

test('a clock is believed once it has gone evenly for an hour', () => {
  assert.is(minutesUntilBelieved(new AgeClock(null), T), 60);
  assert.is(minutesUntilBelieved(new AgeClock(T - HOUR), T), 60);
});

test('a clock that leaps forward is believed after a day, wherever it is then', () => {
  const clock = new AgeClock(null);
  minutesUntilBelieved(clock, T);
  const later = T + 365 * DAY;
  assert.is(minutesUntilBelieved(clock, later), 24 * 60);
});

test('a clock that leapt and is set back has called nothing too old', () => {
  const clock = new AgeClock(null);
  minutesUntilBelieved(clock, T);
  const answers = [T + 365 * DAY, T + 365 * DAY + MINUTE, T + HOUR, T + 2 * HOUR].map((now) => clock.believes(now));
  assert.equal(answers, [false, false, false, false]);
});

test('a clock that is set back only is believed all the time', () => {
  const clock = new AgeClock(null);
  minutesUntilBelieved(clock, T);
  assert.ok(clock.believes(T - 30 * DAY));
  assert.ok(clock.believes(T - 30 * DAY + MINUTE));
});

test('a clock that is far beyond what is stored when the program starts leapt, or the device was off', () => {
  assert.is(minutesUntilBelieved(new AgeClock(T - 30 * DAY), T), 24 * 60);
});

test.run();
