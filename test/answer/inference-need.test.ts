import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InferenceNeed, type Lesson, type SceneReading } from '../../src/answer/inference-need.js';

const moving = (errors: number) => ({ standing: 0, moving: errors });
const standing = (errors: number) => ({ standing: errors, moving: 0 });

const QUIET: SceneReading = { ageMs: 40, inferredMs: 40, trackErrors: moving(0), announced: 0, maxAgeMs: 2000 };
const LESSON: Lesson = { ageMs: 1000, trackErrors: moving(0), errors: 0, silentEntries: 0, vehicles: 5 };

/** After so many inferences that showed this. */
function taught(allowedLoss: number, lesson: Partial<Lesson>, times = 60): InferenceNeed {
  const need = new InferenceNeed(allowedLoss);
  for (let i = 0; i < times; i++) need.learn({ ...LESSON, ...lesson });
  return need;
}

const reasonOf = (need: InferenceNeed, reading: Partial<SceneReading>) =>
  need.assess({ ...QUIET, ...(reading.ageMs !== undefined && { inferredMs: reading.ageMs }), ...reading }).reason;

test('the first frame is inferred', () => {
  const need = new InferenceNeed(0.03);
  assert.is(need.vehicles, null);
  assert.is(reasonOf(need, {}), 'first');
  need.learn(LESSON);
  assert.is(need.vehicles, 5);
  assert.is(reasonOf(need, {}), null);
});

test('no loss allowed: every frame is inferred', () => {
  const need = taught(0, {});
  assert.is(reasonOf(need, {}), 'every-frame');
  need.allowedLoss = 0.03;
  assert.is(reasonOf(need, {}), null);
});

test('a quiet scene is inferred when the last inference is too old, and not before', () => {
  const need = taught(0.03, {});
  const timeline = [40, 500, 1000, 1999, 2000, 2040].map((ageMs) => reasonOf(need, { ageMs }));
  assert.equal(timeline, [null, null, null, null, 'age', 'age']);
  assert.is(reasonOf(need, { ageMs: 29_000, maxAgeMs: 30_000 }), null);
});

test('an empty road is quiet too', () => {
  const need = taught(0.03, { vehicles: 0 });
  assert.is(reasonOf(need, { ageMs: 1999 }), null);
  assert.is(reasonOf(need, { ageMs: 2000 }), 'age');
});

test('before anything came in unnoticed, that is expected the sooner the more vehicles there are', () => {
  const dueAt = (vehicles: number): number => {
    const need = new InferenceNeed(0.005);
    need.learn({ ageMs: 0, trackErrors: { standing: 0, moving: 0 }, errors: 0, silentEntries: 0, vehicles });
    let ageMs = 0;
    while (reasonOf(need, { ageMs, maxAgeMs: 60_000 }) === null) ageMs += 40;
    assert.is(reasonOf(need, { ageMs, maxAgeMs: 60_000 }), 'entry');
    return ageMs;
  };
  // 0.1 errors are borne; 0.03 a second come in, and 0.18
  assert.is(dueAt(0), 3360);
  assert.is(dueAt(5), 560);
});

test('as soon as the answer is expected to be too wrong an inference is due, for the largest cause', () => {
  const need = taught(0.03, {});
  const few = { trackErrors: moving(0.01), announced: 0.01 };
  assert.is(reasonOf(need, few), null);
  assert.is(reasonOf(need, { ...few, trackErrors: moving(2) }), 'vehicles');
  assert.is(reasonOf(need, { ...few, announced: 1 }), 'region');
  const entered = taught(0.03, { silentEntries: 2 });
  assert.is(reasonOf(entered, { ...few, ageMs: 40 }), null);
  assert.is(reasonOf(entered, { ...few, ageMs: 1000 }), 'entry');
});

test('the more loss is allowed and the more vehicles there are, the more errors are borne', () => {
  const due = (need: InferenceNeed): number => {
    for (let errors = 0; ; errors += 0.01) if (reasonOf(need, { trackErrors: moving(errors) }) !== null) return errors;
  };
  assert.ok(due(taught(0.06, { vehicles: 20 })) > 1.5 * due(taught(0.03, { vehicles: 20 })));
  assert.ok(due(taught(0.03, { vehicles: 40 })) > 1.5 * due(taught(0.03, { vehicles: 20 })));
});

test('what the tracks expect is weighed by what inferences found', () => {
  const expected = (lesson: Partial<Lesson>) =>
    taught(0.03, lesson).assess({ ...QUIET, ageMs: 0, trackErrors: moving(1) }).expectedErrors;
  const right = expected({ trackErrors: moving(1), errors: 1 });
  assert.ok(Math.abs(right - 1) < 0.01, `${right}`);
  const twice = expected({ trackErrors: moving(1), errors: 2 });
  assert.ok(twice > 1.6 && twice <= 2, `${twice}`);
  const none = expected({ trackErrors: moving(1), errors: 0 });
  assert.ok(none < 0.4, `${none}`);
});

test('what a queue taught while it stood says nothing of how well it is followed once it drives', () => {
  const need = taught(0.03, { trackErrors: standing(4), errors: 0 });
  const expected = (trackErrors: SceneReading['trackErrors']) =>
    need.assess({ ...QUIET, ageMs: 0, trackErrors }).expectedErrors;
  assert.ok(expected(standing(1)) < 0.1, `${expected(standing(1))}`);
  assert.is(expected(moving(1)), 1);
});

test('errors of a road on which some stand and some drive are shared as they were expected', () => {
  const need = taught(0.03, { trackErrors: { standing: 1, moving: 3 }, errors: 8 });
  const { expectedErrors } = need.assess({ ...QUIET, ageMs: 0, trackErrors: { standing: 1, moving: 3 } });
  assert.ok(expectedErrors > 7 && expectedErrors <= 8, `${expectedErrors}`);
});

test('learns how often vehicles come unannounced, and forgets it', () => {
  const need = taught(0.03, { silentEntries: 1, ageMs: 1000 });
  const perSecond = () => need.assess({ ...QUIET, ageMs: 1000 }).expectedErrors;
  assert.ok(Math.abs(perSecond() - 1) < 0.01, `${perSecond()}`);
  for (let i = 0; i < 60; i++) need.learn(LESSON);
  assert.ok(perSecond() < 0.01, `${perSecond()}`);
});

test('follows the number of vehicles', () => {
  const need = taught(0.03, { vehicles: 4 });
  assert.is(need.vehicles, 4);
  for (let i = 0; i < 60; i++) need.learn({ ...LESSON, vehicles: 12 });
  assert.ok(Math.abs(need.vehicles! - 12) < 0.01);
});

test.run();
