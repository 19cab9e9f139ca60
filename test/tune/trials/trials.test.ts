import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProposedChange } from '../../../src/tune/optimization-strategy.js';
import type { GuardReadings } from '../../../src/tune/trials/guards.js';
import { type TrialEnd, TuningTrials } from '../../../src/tune/trials/trials.js';
import { NOON, STEP_UP, sample } from './samples.js';

const EVERY_MS = 5000;
const UNIX = 1_800_000_000_000;
/** Small deviations that sum up to nothing. */
const NOISE = [0, 0.002, -0.002, 0.001, -0.001];

/** A board whose score is as told, watched every five seconds or at another pace. */
function board(trials = new TuningTrials(), everyMs = EVERY_MS) {
  let now = 0;
  let reading = 0;
  const ends: { id: string; at: number; end: TrialEnd }[] = [];
  return {
    trials,
    ends,
    get now() {
      return now;
    },
    pass(seconds: number, value: number | null, guards: Partial<GuardReadings> = {}, cameras = 2) {
      for (const until = now + seconds * 1000; now < until; ) {
        now += everyMs;
        const noisy = value === null ? null : value + NOISE[reading++ % NOISE.length]!;
        for (const { id, end } of trials.observe('model', sample(now, noisy, guards, cameras))) {
          if (ends.some((other) => other.id === id)) continue;
          ends.push({ id, at: now, end });
          trials.end(id, end, end.verdict === 'kept' ? null : true, now, UNIX + now);
        }
      }
    },
    begin(change: ProposedChange = STEP_UP) {
      const record = trials.begin({ strategy: 'model', change, circumstances: NOON, now, unixNow: UNIX + now });
      trials.applied(record.id, now);
      return record;
    },
  };
}

test('a change whose score rises is kept after a window, with the scores before and after', () => {
  const { trials, pass, begin, ends } = board();
  pass(60, 0.8);
  assert.equal(trials.msToMeasure('model', STEP_UP, 60_000), 0);
  const record = begin();
  assert.equal([record.verdict, Number(record.before!.value.toFixed(2)), record.after], [null, 0.8, null]);
  pass(80, 0.85);
  assert.equal(ends[0]!.end, {
    verdict: 'kept',
    why: 'it helps: the score went from 0.801 to 0.851 (noise 0.00227)',
  });
  assert.equal(ends[0]!.at - 60_000, 75_000);
  assert.equal(trials.underWay, []);
});

test('one whose score falls by far more than its noise is rolled back after half a window', () => {
  const { pass, begin, ends } = board();
  pass(60, 0.8);
  begin();
  pass(80, 0.7);
  assert.equal([ends[0]!.end.verdict, ends[0]!.at - 60_000], ['rolled-back', 45_000]);
  assert.match(ends[0]!.end.why, /^it harms: the score went from 0\.80?1? to 0\.70?1? /);
});

test('while the score cannot be told from its noise it goes on, and two windows after the change it is decided', () => {
  const { trials, ends } = board();
  let now = 0;
  const pass = (until: number, around: number) => {
    for (; now < until; now += EVERY_MS) {
      const value = around + [0.3, -0.3][(now / EVERY_MS) % 2]!;
      for (const { id, end } of trials.observe('model', sample(now, value))) ends.push({ id, at: now, end });
    }
  };
  pass(60_000, 0.8);
  const { id } = trials.begin({ strategy: 'model', change: STEP_UP, circumstances: NOON, now, unixNow: UNIX });
  trials.applied(id, now);
  pass(175_000, 0.7);
  assert.equal(ends, []);
  pass(181_000, 0.7);
  assert.equal([ends[0]!.end.verdict, ends[0]!.at], ['rolled-back', 180_000]);
});

test('harm ends a trial early, whatever its score, once three readings in a row show it', () => {
  const { pass, begin, ends } = board();
  pass(60, 0.8);
  begin();
  pass(20, 0.9);
  pass(10, 0.9, { lateShare: 0.2, p95LatencyMs: 400 });
  assert.equal(ends, []);
  pass(5, 0.9, { lateShare: 0.2, p95LatencyMs: 400 });
  assert.equal(ends[0]!.end, {
    verdict: 'rolled-back',
    why: 'it harms: 20 % of the frames were late or dropped, 0.0 % before, p95 400 ms against 40 ms',
  });
});

test('what is measured while a change settles is no part of its score', () => {
  const { pass, begin, ends } = board();
  pass(60, 0.8);
  begin();
  pass(15, 0.1, { lateShare: 1, errorShare: 1 });
  pass(65, 0.8);
  assert.equal(ends[0]!.end.verdict, 'kept');
});

test('where nothing is measured afterwards it expires after four windows', () => {
  const { pass, begin, ends } = board();
  pass(60, 0.8);
  begin();
  pass(260, null);
  assert.equal(
    [ends[0]!.end, ends[0]!.at - 60_000],
    [{ verdict: 'expired', why: 'too little was measured to tell what it brought' }, 255_000],
  );
});

test('a camera that came meanwhile makes it expire, since the scores are those of two roads', () => {
  const { pass, begin, ends } = board();
  pass(60, 0.8);
  begin();
  pass(80, 0.5, {}, 3);
  assert.equal(ends[0]!.end, {
    verdict: 'expired',
    why: 'there were 2 cameras before and 3 after: the scores cannot be compared',
  });
});

test('before anything is tried a window must have been measured, of what stands now', () => {
  const { trials, pass, begin } = board();
  assert.equal(trials.msToMeasure('model', STEP_UP, 0), 54_000);
  pass(30, 0.8);
  assert.equal(trials.msToMeasure('model', STEP_UP, 30_000), 29_000);
  pass(30, 0.8);
  assert.equal(trials.msToMeasure('model', STEP_UP, 60_000), 0);
  begin();
  pass(80, 0.85);
  // what was measured before the trial ended is of what stood then
  assert.equal(trials.msToMeasure('model', STEP_UP, 140_000) > 0, true);
  pass(80, 0.85);
  assert.equal(trials.msToMeasure('model', STEP_UP, 220_000), 0);
});

test('a score that is read seldom is taken over as long as four readings take', () => {
  const everyMs = 60_000;
  const { trials, pass, begin, ends } = board(new TuningTrials([], everyMs), everyMs);
  const change = { ...STEP_UP, windowMs: 20_000 };
  pass(240, 0.8);
  assert.is(trials.msToMeasure('model', change, 240_000), 36_000);
  pass(60, 0.8);
  assert.is(trials.msToMeasure('model', change, 300_000), 0);
  begin(change);
  pass(360, 0.85);
  assert.equal([ends[0]?.end.verdict, ends[0]?.at], ['kept', 600_000]);
});

test('a window of an hour is measured also where the score is read every second', () => {
  const { trials, pass } = board(new TuningTrials([], 1000), 1000);
  const change = { ...STEP_UP, windowMs: 3_600_000 };
  pass(3300, 0.8);
  assert.is(trials.msToMeasure('model', change, 3_300_000), 0);
});

test('an emergency is not blamed for what it flees from, but for what gets worse still', () => {
  const change = { ...STEP_UP, isEmergency: true };
  const late = { lateShare: 0.6, p95LatencyMs: 400 };
  const fled = board();
  fled.pass(60, 0.8);
  fled.pass(5, 0.3, late);
  fled.begin(change);
  fled.pass(80, 0.3, late);
  assert.equal(fled.ends[0]!.end, { verdict: 'kept', why: 'it was an emergency, and did no harm' });

  const worse = board();
  worse.pass(60, 0.8);
  worse.pass(5, 0.3, late);
  worse.begin(change);
  worse.pass(80, 0.1, { lateShare: 0.9, p95LatencyMs: 900 });
  assert.equal(worse.ends[0]!.end, {
    verdict: 'rolled-back',
    why: 'it harms: 90 % of the frames were late or dropped, 60 % before, p95 900 ms against 400 ms',
  });
});

test('an emergency needs nothing measured before, and is kept where nothing got worse by it', () => {
  const { trials, pass, begin, ends } = board();
  const change = { ...STEP_UP, from: 'roadside-s', to: 'roadside-n', isEmergency: true };
  assert.equal(trials.msToMeasure('model', change, 0), 0);
  const record = begin(change);
  assert.equal([record.isEmergency, record.before], [true, null]);
  pass(80, 0.5);
  assert.equal(ends[0]!.end, { verdict: 'kept', why: 'it was an emergency, and did no harm' });
});

test('one that must pay is taken back where the score does not rise', () => {
  const { pass, begin, ends } = board();
  pass(60, 0.8);
  begin({ ...STEP_UP, mustPay: true, leastEffect: 0.02 });
  pass(80, 0.805);
  assert.equal(ends[0]!.end, {
    verdict: 'rolled-back',
    why: 'it does not pay: the score went from 0.801 to 0.806 (noise 0.00227)',
  });
});

test('trials are in the way of each other where they move a knob that both have', () => {
  const { trials, pass, begin } = board();
  pass(60, 0.8);
  begin();
  const ids = (knobs: ProposedChange['knobs']) =>
    trials.inTheWayOf('batching', { knobs }).map(({ strategy }) => strategy);
  assert.equal(ids(['batchSize', 'variant']), ['model']);
  assert.equal(ids(['batchSize']), []);
  assert.equal(trials.inTheWayOf('model', { knobs: [] }).length, 1);
});

test('what was rolled back is refused until it is another time of the day, and some hours have passed', () => {
  const { trials, pass, begin } = board();
  pass(60, 0.8);
  begin();
  pass(80, 0.5);
  const refusal = (hour: number, after: number) => trials.refusal('model', STEP_UP, { ...NOON, hour }, UNIX + after);
  assert.is(refusal(12, 140_000), 'it was rolled back 1 time, and may be tried again in 60 min at the earliest');
  assert.is(refusal(13, 4_000_000), 'it was rolled back 1 time, under the same circumstances as now');
  assert.is(refusal(14, 7_300_000), null);
  assert.is(trials.refusal('model', { ...STEP_UP, isEmergency: true }, NOON, UNIX + 140_000), null);
  assert.is(trials.refusal('model', { ...STEP_UP, to: 'roadside-m' }, NOON, UNIX + 140_000), null);
});

test.run();
