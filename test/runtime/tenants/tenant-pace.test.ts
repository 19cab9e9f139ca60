import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TenantPace } from '../../../src/runtime/tenants/tenant-pace.js';

function paced(part = 0.5) {
  const bound = { inferenceIntervalMs: 0, inferencesSuspended: false };
  const use = { at: 0, busyMs: 0, workers: 2 };
  const pace = new TenantPace({ bound, configuredMs: () => 100, part, use: () => ({ ...use }) });
  /** @param busy of the two workers' time, 0..1 */
  const after = (ms: number, busy: number): number => {
    use.at += ms;
    use.busyMs += ms * use.workers * busy;
    return pace.inferenceIntervalMs;
  };
  return { bound, pace, after };
}

test('what the tuning makes longer holds for who uses more than its part, not for who stays below it', () => {
  const { bound, after } = paced();
  bound.inferenceIntervalMs = 400;
  assert.is(after(0, 0), 100);
  assert.is(after(5000, 0.2), 100);
  assert.is(after(5000, 0.8), 400);
});

test('who was held to it is let go once it uses clearly less than its part', () => {
  const { bound, after } = paced();
  bound.inferenceIntervalMs = 400;
  after(0, 0);
  after(5000, 0.8);
  assert.is(after(5000, 0.45), 400);
  assert.is(after(5000, 0.3), 100);
});

test('what is configured holds for everybody, and an interval that is shorter than that as well', () => {
  const { bound, after } = paced();
  bound.inferenceIntervalMs = 100;
  assert.is(after(5000, 1), 100);
  bound.inferenceIntervalMs = 50;
  assert.is(after(5000, 0.1), 50);
});

test('a suspension holds for all', () => {
  const { bound, pace } = paced();
  bound.inferencesSuspended = true;
  assert.is(pace.inferencesSuspended, true);
});

test.run();
