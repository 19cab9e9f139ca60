import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InferencePace, UNBOUNDED } from '../../src/answer/inference-pace.js';

test('without a bound every inference asked for is made, and as many were wanted', () => {
  const pace = new InferencePace(UNBOUNDED);
  pace.inferred(0);
  for (let i = 0; i < 4; i++) {
    assert.is(pace.asked(250, 100, false), true);
    pace.inferred(250);
  }
  assert.equal([pace.wanted, pace.withheld], [5, 0]);
});

test('an inference asked for too soon is withheld until the interval is over, or until it can wait no longer', () => {
  const bound = { inferenceIntervalMs: 1000, inferencesSuspended: false };
  const pace = new InferencePace(bound);
  assert.equal(
    [200, 500, 999, 1000].map((since) => pace.asked(since, 100, false)),
    [false, false, false, true],
  );
  assert.is(pace.asked(300, 100, true), true);
  assert.is(pace.withheld, 3);
  bound.inferenceIntervalMs = 0;
  assert.is(pace.asked(300, 100, false), true);
});

test('what was wanted is counted by when it was first asked for, not by the frames that were withheld', () => {
  const pace = new InferencePace({ inferenceIntervalMs: 1000, inferencesSuspended: false });
  for (let since = 250; since < 1000; since += 50) pace.asked(since, 50, false);
  pace.asked(1000, 50, false);
  pace.inferred(1000);
  assert.is(pace.wanted, 4);
  assert.is(pace.withheld, 15);
});

test('a camera whose every frame asks wants as many as it has frames', () => {
  const pace = new InferencePace({ inferenceIntervalMs: 1000, inferencesSuspended: false });
  for (let since = 40; since <= 1000; since += 40) pace.asked(since, 40, false);
  pace.inferred(1000);
  assert.is(pace.wanted, 25);
});

test('while inferences are suspended not even one that can wait no longer is made', () => {
  const bound = { inferenceIntervalMs: 0, inferencesSuspended: true };
  const pace = new InferencePace(bound);
  assert.is(pace.asked(60_000, 100, true), false);
  bound.inferencesSuspended = false;
  assert.is(pace.asked(60_100, 100, true), true);
});

test('a scene that was recognised in place of the inference asked for is no wish that stays', () => {
  const pace = new InferencePace({ inferenceIntervalMs: 1000, inferencesSuspended: false });
  pace.asked(100, 100, false);
  pace.satisfied();
  pace.asked(500, 100, false);
  pace.inferred(1000);
  assert.is(pace.wanted, 2);
});

test.run();
