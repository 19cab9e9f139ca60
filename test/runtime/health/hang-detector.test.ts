import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HangDetector } from '../../../src/runtime/health/hang-detector.js';

const LIMIT_MS = 60_000;
const EVERY_MS = 3000;

/** What each of `looks` decides, three seconds apart where they do not say. */
function decisions(looks: readonly { beats: number; elapsedMs?: number; waitsForDisk?: boolean }[]): boolean[] {
  const detector = new HangDetector(LIMIT_MS, EVERY_MS);
  return looks.map((look) => detector.look({ elapsedMs: EVERY_MS, waitsForDisk: false, ...look }));
}

const still = (count: number, look = {}) => Array.from({ length: count }, () => ({ beats: 7, ...look }));

test('a main thread that turns never hangs', () => {
  assert.not.ok(decisions(Array.from({ length: 1000 }, (_, beats) => ({ beats }))).includes(true));
});

test('one that does nothing for the limit hangs, and not a moment before', () => {
  assert.is(decisions([...still(1), ...still(20)]).indexOf(true), 20);
});

test('one turn in between and it begins anew', () => {
  assert.not.ok(decisions([...still(20), { beats: 8 }, ...still(20, { beats: 8 })].slice(0, -1)).includes(true));
});

test('a machine that was suspended for a night, or a process that was stopped, does not hang', () => {
  assert.not.ok(decisions([...still(2), { beats: 7, elapsedMs: 8 * 3_600_000 }, { beats: 8 }]).includes(true));
});

test('a memory card that stalls for minutes is not mended by a restart', () => {
  assert.not.ok(decisions(still(100, { waitsForDisk: true })).includes(true));
});

test.run();
