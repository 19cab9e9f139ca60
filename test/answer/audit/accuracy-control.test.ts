import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AccuracyBounds,
  AccuracyControl,
  type AccuracyState,
} from '../../../src/answer/audit/accuracy-control.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const reading = (f1: number, half = 0.005, effectiveAudits = 100): AccuracyBounds => ({
  estimatedF1: f1,
  estimatedF1Low: f1 - half,
  estimatedF1High: f1 + half,
  effectiveAudits,
});
const unknown: AccuracyBounds = {
  estimatedF1: null,
  estimatedF1Low: null,
  estimatedF1High: null,
  effectiveAudits: 0,
};

/** A control with a clock of its own: `hold` tells it the same every second. */
class Timeline {
  now = 0;
  readonly control: AccuracyControl;

  constructor(floor = 0.97) {
    this.control = new AccuracyControl({ floor });
  }

  hold(what: AccuracyBounds, ms: number): AccuracyState {
    let state = this.control.update(what, this.now);
    for (const end = this.now + ms; this.now < end; ) {
      this.now += SECOND;
      state = this.control.update(what, this.now);
    }
    return state;
  }
}

const rounded = ({ kind, strictness }: AccuracyState) => [kind, Math.round(strictness * 1000) / 1000];

test('it learns until there are five audits, then holds', () => {
  const it = new Timeline();
  assert.equal(rounded(it.hold(unknown, MINUTE)), ['learning', 0.5]);
  assert.equal(rounded(it.hold(reading(0.975, 0.02, 4), MINUTE)), ['learning', 0.5]);
  const state = it.hold(reading(0.975, 0.02, 5), SECOND);
  assert.equal(rounded(state), ['holding', 0.5]);
  assert.is(state.reason, 'the estimated F1, 0.975 (0.955 to 0.995), is at or above the floor 0.97');
});

test('it tightens at once when the floor is missed, then every 15 s', () => {
  const it = new Timeline();
  it.hold(reading(0.975), SECOND);
  assert.equal(rounded(it.hold(reading(0.955), 0)), ['tightening', 0.6]);
  assert.equal(rounded(it.hold(reading(0.955), 14 * SECOND)), ['tightening', 0.6]);
  const state = it.hold(reading(0.955), SECOND);
  assert.equal(rounded(state), ['tightening', 0.7]);
  assert.is(state.reason, 'the estimated F1, 0.955 (0.950 to 0.960), is below the floor 0.97');
});

test('it tightens in proportion to the excess, and by half while unsure', () => {
  const step = (what: AccuracyBounds) => rounded(new Timeline().hold(what, 0))[1];
  assert.is(step(reading(0.91)), 0.75);
  assert.is(step(reading(0.94)), 0.7);
  assert.is(step(reading(0.94, 0.05)), 0.6);
  assert.is(step(reading(0.9699)), 0.52);
});

test('a night in which nothing was measured is not a time in which the floor was missed', () => {
  const it = new Timeline();
  assert.equal(rounded(it.hold(reading(0.9), 50 * SECOND)), ['tightening', 0.95]);
  it.hold(unknown, 600 * MINUTE);
  assert.equal(rounded(it.hold(reading(0.9), 110 * SECOND)), ['tightening', 0.95]);
  assert.equal(rounded(it.hold(reading(0.9), 10 * SECOND)), ['failing', 1]);
});

test('it relaxes slowly while the whole interval is clear of the floor', () => {
  const it = new Timeline();
  assert.equal(rounded(it.hold(reading(0.99), 0)), ['relaxing', 0.48]);
  assert.equal(rounded(it.hold(reading(0.99), 29 * SECOND)), ['relaxing', 0.48]);
  assert.equal(rounded(it.hold(reading(0.99), SECOND)), ['relaxing', 0.46]);
  assert.equal(rounded(it.hold(reading(0.99), 12 * MINUTE)), ['holding', 0]);
});

test('a wide interval relaxes nothing', () => {
  const it = new Timeline();
  assert.equal(rounded(it.hold(reading(0.99, 0.02), 60 * MINUTE)), ['holding', 0.5]);
});

test('for five minutes after tightening nothing is relaxed', () => {
  const it = new Timeline();
  it.hold(reading(0.96), 0);
  const { strictness } = it.control.update(reading(0.99), it.now);
  assert.is(it.hold(reading(0.99), 5 * MINUTE - SECOND).strictness, strictness);
  assert.is(it.hold(reading(0.99), SECOND).kind, 'relaxing');
});

test('between floor and clearance it holds', () => {
  const it = new Timeline();
  assert.equal(rounded(it.hold(reading(0.9725, 0.001), 60 * MINUTE)), ['holding', 0.5]);
});

test('where almost full strictness does not meet the floor it fails after two minutes and infers everything', () => {
  const it = new Timeline();
  assert.equal(rounded(it.hold(reading(0.9), 15 * SECOND)), ['tightening', 0.95]);
  assert.is(it.hold(reading(0.9), 119 * SECOND).kind, 'tightening');
  const state = it.hold(reading(0.9), 2 * SECOND);
  assert.equal(rounded(state), ['failing', 1]);
  assert.match(state.reason, 'below the floor 0.97 even at strictness 0.95: every frame is inferred');
});

test('a failure is tried again after 10 minutes, the next one after 20', () => {
  const it = new Timeline();
  let state = it.hold(reading(0.9), 3 * MINUTE);
  assert.is(state.kind === 'failing' && Math.round((state.retryAt - state.since) / MINUTE), 10);
  // all inferred: the estimate is 1
  state = it.hold(reading(1, 0), 10 * MINUTE);
  assert.equal(rounded(state), ['holding', 0.95]);
  state = it.hold(reading(0.9), 3 * MINUTE);
  assert.is(state.kind === 'failing' && Math.round((state.retryAt - state.since) / MINUTE), 20);
});

test('after an hour at or above the floor a failure is tried again as soon as the first', () => {
  const it = new Timeline();
  it.hold(reading(0.9), 3 * MINUTE);
  it.hold(reading(0.975), 80 * MINUTE);
  const state = it.hold(reading(0.9), 3 * MINUTE);
  assert.is(state.kind === 'failing' && Math.round((state.retryAt - state.since) / MINUTE), 10);
});

test('a floor of 1 infers everything, whatever is measured', () => {
  const it = new Timeline(1);
  assert.equal(rounded(it.hold(unknown, 0)), ['holding', 1]);
  assert.equal(rounded(it.hold(reading(1, 0), 60 * MINUTE)), ['holding', 1]);
  assert.is(it.control.restart(it.now).strictness, 1);
});

test('another model is learned from where the control begins, or stricter', () => {
  const it = new Timeline();
  it.hold(reading(0.99), 20 * MINUTE);
  assert.equal(rounded(it.control.restart(it.now)), ['learning', 0.5]);
  it.hold(reading(0.94), 0);
  assert.equal(rounded(it.control.restart(it.now)), ['learning', 0.7]);
});

test('when the evidence fades away it stays where it is', () => {
  const it = new Timeline();
  it.hold(reading(0.94), 0);
  assert.equal(rounded(it.hold(unknown, MINUTE)), ['holding', 0.7]);
});

test.run();
