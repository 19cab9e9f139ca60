import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusals } from '../../../src/tune/trials/refusals.js';
import type { TrialRecord } from '../../../src/tune/trials/trial.js';
import { NOON, STEP_UP } from './samples.js';

const HOUR_MS = 3_600_000;
const AT = 1_800_000_000_000;

const rolledBack = (endedAt: number, hour = 12): TrialRecord => ({
  id: `t${endedAt}`,
  strategy: 'model',
  knobs: STEP_UP.knobs,
  from: STEP_UP.from,
  to: STEP_UP.to,
  reason: STEP_UP.reason,
  isEmergency: false,
  circumstances: { ...NOON, hour },
  startedAt: endedAt - 60_000,
  before: null,
  after: null,
  endedAt,
  verdict: 'rolled-back',
  why: 'it harms',
  undone: true,
});

test('the pause doubles with every time that it was rolled back, also over restarts of the program', () => {
  const refusals = new Refusals([rolledBack(AT), rolledBack(AT + 3 * HOUR_MS, 15)]);
  const at = (hours: number) => refusals.against('model', STEP_UP, { ...NOON, hour: 20 }, AT + hours * HOUR_MS);
  assert.is(at(4), 'it was rolled back 2 times, and may be tried again in 1 h at the earliest');
  assert.is(at(5), null);
});

test('each of the circumstances under which it was rolled back is remembered', () => {
  const refusals = new Refusals([rolledBack(AT, 12), rolledBack(AT + 3 * HOUR_MS, 15)]);
  const under = (hour: number) => refusals.against('model', STEP_UP, { ...NOON, hour }, AT + 24 * HOUR_MS);
  assert.is(under(12), 'it was rolled back 2 times, under the same circumstances as now');
  assert.is(under(15), 'it was rolled back 2 times, under the same circumstances as now');
  assert.is(under(20), null);
});

test('what was kept since is refused no longer, and what is a month old is forgotten', () => {
  const refusals = new Refusals([rolledBack(AT)]);
  assert.is(refusals.against('model', STEP_UP, NOON, AT + 31 * 24 * HOUR_MS), null);
  const kept = new Refusals([rolledBack(AT), { ...rolledBack(AT + HOUR_MS), verdict: 'kept' }]);
  assert.is(kept.against('model', STEP_UP, NOON, AT + HOUR_MS), null);
});

test('where nothing told the circumstances the pause alone counts', () => {
  const refusals = new Refusals([{ ...rolledBack(AT), circumstances: null }]);
  assert.ok(refusals.against('model', STEP_UP, NOON, AT + HOUR_MS / 2)?.includes('30 min'));
  assert.is(refusals.against('model', STEP_UP, NOON, AT + 2 * HOUR_MS), null);
});

test('an emergency that was rolled back is refused to nobody', () => {
  const refusals = new Refusals([{ ...rolledBack(AT), isEmergency: true }]);
  assert.is(refusals.against('model', STEP_UP, NOON, AT), null);
});

test.run();
