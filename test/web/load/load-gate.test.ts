import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LoadGate } from '../../../src/web/load/load-gate.js';
import { LoadShedding } from '../../../src/web/load/load-shedding.js';

const limits = { maxDelayMs: 100, resumeDelayMs: 40, maxUtilization: 0.9 };

/** Whether it sheds after each reading. */
function shedding(delays: readonly (number | null)[], utilization = 0.5): boolean[] {
  const gate = new LoadGate(limits);
  return delays.map((delayMs) => {
    gate.observe({ delayMs, utilization });
    return gate.isShedding;
  });
}

test('one long task is no overload, two readings in a row are', () => {
  assert.equal(shedding([150, 20, 150, 150]), [false, false, false, true]);
});

test('it ends after three calm readings in a row, not between the two limits', () => {
  assert.equal(shedding([150, 150, 60, 60, 60, 30, 30, 60, 30, 30, 30]).slice(1), [
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('a missing reading changes nothing', () => {
  assert.equal(shedding([150, null, 150, null, 30, null, 30, 30]), [false, false, true, true, true, true, true, false]);
});

test('a loop that is never idle counts as late where that is asked for', () => {
  assert.equal(shedding([0, 0, 0], 0.95), [false, true, true]);
});

test('paths that are exempt are never refused', () => {
  const reading = { delayMs: 500, utilization: 1 };
  const load = new LoadShedding({ exempt: ['/alive'] }, { read: () => reading, stop: () => undefined });
  load.sample();
  load.sample();
  assert.equal([load.isRefused('/alive'), load.isRefused('/healthz'), load.delayMs], [false, true, 500]);
  load.stop();
});

test('impossible limits are refused, all at once', () => {
  const make = () => new LoadShedding({ maxDelayMs: 10, resumeDelayMs: 20, maxUtilization: 2, everyMs: 1 });
  assert.throws(
    make,
    /resumeDelayMs: expected .* at most maxDelayMs, 10, got 20\n {2}maxUtilization: .*\n {2}everyMs:/,
  );
});

test.run();
