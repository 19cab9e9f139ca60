import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type GuardReadings, harmOf } from '../../../src/tune/trials/guards.js';
import { CALM } from './samples.js';

const MIB = 2 ** 20;
const BEFORE = Array.from({ length: 12 }, () => CALM);
const after = (count: number, guards: Partial<GuardReadings>): GuardReadings[] =>
  Array.from({ length: count }, () => ({ ...CALM, ...guards }));

test('readings as before are no harm, nor is one bad one, nor none at all', () => {
  assert.is(harmOf(BEFORE, after(30, {})), null);
  assert.is(harmOf(BEFORE, [...after(5, {}), ...after(1, { errorShare: 0.2 })]), null);
  assert.is(harmOf(BEFORE, []), null);
  assert.is(harmOf([], after(30, {})), null);
});

test('three readings with more errors are harm, and one where most of the inferences fail', () => {
  assert.is(harmOf(BEFORE, after(3, { errorShare: 0.04 })), '4.0 % of the inferences ended in an error, 0.0 % before');
  assert.is(harmOf(BEFORE, after(1, { errorShare: 1 })), '100 % of the inferences ended in an error, 0.0 % before');
  const erring = BEFORE.map((reading) => ({ ...reading, errorShare: 0.04 }));
  assert.is(harmOf(erring, after(3, { errorShare: 0.05 })), null);
});

test('more late frames are harm only where they are slower too: fewer cameras late by chance are none', () => {
  assert.is(
    harmOf(BEFORE, after(3, { lateShare: 0.1, p95LatencyMs: 90 })),
    '10 % of the frames were late or dropped, 0.0 % before, p95 90 ms against 40 ms',
  );
  assert.is(harmOf(BEFORE, after(3, { lateShare: 0.1, p95LatencyMs: 42 })), null);
  assert.is(harmOf(BEFORE, after(3, { lateShare: 0.02, p95LatencyMs: 90 })), null);
});

test('accuracy that the audits miss is harm, unless it is the price; and no word of theirs is none', () => {
  assert.is(harmOf(BEFORE, after(3, { keptF1: 0.9 }), 0.06), null);
  assert.is(harmOf(BEFORE, after(3, { keptF1: 0.88 }), 0.06), 'the audits find F1 0.880, 0.980 before');
  assert.is(harmOf(BEFORE, after(3, { keptF1: 0.9 })), 'the audits find F1 0.900, 0.980 before');
  assert.is(harmOf(BEFORE, after(3, { keptF1: null })), null);
});

test('heat is harm where the board begins to hold itself back, or comes near it and was cooler', () => {
  assert.is(
    harmOf(BEFORE, after(2, { throttledBy: ['heat'], temperature: 86 })),
    'heat holds the board back, which it did not before (86.0 °C)',
  );
  assert.is(
    harmOf(BEFORE, after(3, { temperature: 84.5 })),
    '84.5 °C, 60.0 °C before: the board holds itself back at 85 °C',
  );
  assert.is(harmOf(BEFORE, after(3, { temperature: 84.5, throttleAt: null })), null);
  const hot = BEFORE.map((reading) => ({ ...reading, temperature: 84.2 }));
  assert.is(harmOf(hot, after(3, { temperature: 84.5 })), null);
});

test('where nothing was seen before, heat and lateness may be what the change is about; errors and lack of memory are harm', () => {
  const troubled = after(3, { throttledBy: ['heat'], temperature: 86, lateShare: 0.4, p95LatencyMs: 900 });
  assert.is(harmOf([], troubled), null);
  assert.is(harmOf([], after(3, { errorShare: 0.04 })), '4.0 % of the inferences ended in an error, 0.0 % before');
  assert.is(harmOf([], after(3, { memoryFreeBytes: 8 * MIB })), 'only 8 MiB of memory are left');
});

test('memory that is all but used up is harm, and so is one that grows without end', () => {
  assert.is(harmOf(BEFORE, after(3, { memoryFreeBytes: 8 * MIB })), 'only 8 MiB of memory are left');
  const growing = Array.from({ length: 12 }, (_, i) => ({ ...CALM, memoryBytes: (200 + 5 * i) * MIB }));
  assert.is(harmOf(BEFORE, growing), 'memory grows on and on, from 205 MiB to 250 MiB since the change');
});

test('memory that a larger model takes once, and then keeps, is no harm', () => {
  const once = Array.from({ length: 16 }, (_, i) => ({ ...CALM, memoryBytes: (i < 4 ? 200 + 20 * i : 280) * MIB }));
  assert.is(harmOf(BEFORE, once), null);
  const saw = Array.from({ length: 16 }, (_, i) => ({ ...CALM, memoryBytes: (200 + 30 * (i % 4)) * MIB }));
  assert.is(harmOf(BEFORE, saw), null);
});

test.run();
