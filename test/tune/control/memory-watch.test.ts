import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryWatch } from '../../../src/tune/control/memory-watch.js';

const test = suite('the memory of the point in use');

const MIB = 2 ** 20;

/** s after which growth is told; null: within 15 minutes it is not. @param mibAt what is taken, by s */
function toldAfter(mibAt: (s: number) => number, freeMib: number | null): number | null {
  const watch = new MemoryWatch();
  const free = freeMib === null ? null : freeMib * MIB;
  for (let s = 0; s <= 900; s += 5) {
    if (watch.see('a', mibAt(s) * MIB, null, free, s * 1000) !== null) return s;
  }
  return null;
}

/** What a program takes that has just been started: more and more, and less more with each minute. */
const warmingUp = (s: number): number => 300 + 60 * (1 - Math.exp(-s / 150));

test('what has just been started and warms up is no leak', () => {
  assert.is(toldAfter(warmingUp, 20_000), null);
  assert.is(toldAfter(warmingUp, 400), null);
});

test('a leak that takes the memory within the hour is told after two windows', () => {
  assert.is(
    toldAfter((s) => 300 + s / 3, 1000),
    120,
  );
  assert.is(
    toldAfter((s) => 300 + s / 3, null),
    120,
  );
});

test('a steep leak is told as soon, however much is free', () => {
  assert.is(
    toldAfter((s) => 300 + 2.5 * s, 60_000),
    120,
  );
});

test('a slow leak is told once it has grown for minutes on end', () => {
  assert.is(
    toldAfter((s) => 300 + s / 10, 20_000),
    300,
  );
});

test('what comes and goes is none', () => {
  assert.is(
    toldAfter((s) => 300 + (s % 20), 1000),
    null,
  );
});

test.run();
