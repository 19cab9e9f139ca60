import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ThresholdRule, ThresholdWatch } from '../../../src/telemetry/alerts/threshold-watch.js';

const test = suite('telemetry/alerts/threshold-watch');

const RULE: ThresholdRule = { limit: 100, bad: 'above', hysteresis: 0.1, holdMs: 60_000 };

/** What it says of a value every 10 s: `.` good, `!` bad. */
function story(values: readonly (number | null)[], rule: ThresholdRule | null = RULE): string {
  const watch = new ThresholdWatch();
  return values.map((value, i) => (watch.update(i * 10_000, value, rule) ? '!' : '.')).join('');
}

test('a limit that is passed for less than the hold time raises nothing', () => {
  assert.is(story([101, 150, 150, 150, 150, 150, 99, 150, 150]), '.........');
});

test('it is raised once the limit was passed for the hold time, and is over once it was well below for as long', () => {
  assert.is(story([101, 101, 101, 101, 101, 101, 101, 89, 89, 89, 89, 89, 89, 89]), '......!!!!!!!.');
});

test('the limit itself is good', () => {
  assert.is(story([100, 100, 100, 100, 100, 100, 100, 100]), '........');
});

test('a value that wavers about the limit does not flap', () => {
  const bad = Array.from({ length: 7 }, () => 101);
  const wavering = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 99 : 102));
  assert.is(story([...bad, ...wavering]), `......${'!'.repeat(41)}`);
});

test('below is bad where the limit is a least one', () => {
  const rule: ThresholdRule = { limit: 5, bad: 'below', hysteresis: 0.1, holdMs: 10_000 };
  assert.is(story([5, 4.9, 4.9, 5.2, 5.2, 5.6, 5.6], rule), '..!!!!.');
});

test('a missing reading raises nothing, ends nothing, and does not count as time', () => {
  assert.is(story([101, 101, 101, null, 101, 101, 101, 101, 101, 101, 101]), '..........!');
  assert.is(story([101, 101, 101, 101, 101, 101, 101, null, null, null]), '......!!!!');
  assert.is(story([Number.NaN, Number.POSITIVE_INFINITY]), '..');
});

test('what could not be read for ten minutes is not known to hold', () => {
  const bad = Array.from({ length: 7 }, () => 101);
  assert.is(story([...bad, ...Array.from({ length: 61 }, () => null)]).slice(-3), '!..');
});

test('without a rule nothing holds, at once', () => {
  const watch = new ThresholdWatch();
  const atOnce = { ...RULE, holdMs: 0 };
  assert.ok(watch.update(0, 150, atOnce));
  assert.not.ok(watch.update(1, 150, null));
  assert.ok(watch.update(2, 150, atOnce));
});

test('a limit changed while it holds counts from then on', () => {
  const watch = new ThresholdWatch();
  const rule = { ...RULE, holdMs: 10_000 };
  watch.update(0, 150, rule);
  assert.ok(watch.update(10_000, 150, rule));
  assert.ok(watch.update(20_000, 150, { ...rule, limit: 200 }));
  assert.not.ok(watch.update(30_000, 150, { ...rule, limit: 200 }));
});

test.run();
