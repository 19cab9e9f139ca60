import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ScoreEstimate } from '../../../src/answer/tracking/score-estimate.js';

test('a score measured again lies about in the middle of the two, and later ones move it less', () => {
  const score = new ScoreEstimate(0.8, 100, 100);
  score.measure(0.6, 100, 100, 50);
  assert.ok(Math.abs(score.value - 0.695) < 0.001, String(score.value));
  const before = score.value;
  score.measure(before - 0.2, 100, 100, 50);
  assert.ok(before - score.value < 0.085, String(score.value));
});

test('a vehicle that has moved on is believed more of what is measured now', () => {
  const [still, moved] = [new ScoreEstimate(0.8, 100, 100), new ScoreEstimate(0.8, 100, 100)];
  still.measure(0.4, 100, 100, 50);
  moved.measure(0.4, 200, 100, 50);
  assert.ok(moved.value < still.value - 0.08, `${moved.value} and ${still.value}`);
});

test.run();
