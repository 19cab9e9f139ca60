import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeScores, scoreSummary } from '../../../src/tune/trials/judgement.js';

const score = (value: number | null, without?: number) => ({
  value,
  parts: { F1: value, watts: null },
  ...(without !== undefined && { without }),
});
const of = (value: number, error = 0.001) => ({ value, error, samples: 12, parts: {} });

test('a summary has the median of means of scores in a row, the means of their parts, and how far it may be off', () => {
  const { error, ...summary } = scoreSummary([0.7, 0.8, 0.9, null, 0.8].map((value) => score(value)))!;
  assert.equal(summary, { value: 0.8, samples: 4, parts: { F1: 0.8, watts: null } });
  assert.is(Number(error.toFixed(4)), 0.0553);
});

test('what comes in clumps counts as what it comes to, and a hiccup does not count', () => {
  // hits of keys that come round every second score
  const clumps = Array.from({ length: 24 }, (_, i) => score(i % 2 === 0 ? 0.4 : 0));
  assert.is(Number(scoreSummary(clumps)!.value.toFixed(2)), 0.2);
  const hiccup = Array.from({ length: 24 }, (_, i) => score(i === 7 ? 0 : 0.8));
  assert.is(scoreSummary(hiccup)!.value, 0.8);
});

test('two scores are no summary', () => {
  assert.is(scoreSummary([score(0.7), score(0.8), score(null)]), null);
});

test('what is no number is no score', () => {
  const numbers = [0.7, 0.8, 0.9].map((value) => score(value));
  const broken = [score(Number.NaN), score(Number.POSITIVE_INFINITY), score(0.8, Number.NaN)];
  const summary = scoreSummary([...broken, ...numbers])!;
  assert.equal([summary.value, summary.samples], [0.8, 3]);
  assert.is(scoreSummary([...broken, ...numbers.slice(1)]), null);
});

test('where a score tells what would have been, the differences count: a rush is no harm of the change', () => {
  const summary = scoreSummary([score(0.5, 0.4), score(0.6, 0.5), score(0.3, 0.2)])!;
  assert.is(Number(summary.value.toFixed(6)), 0.1);
  assert.ok(summary.error < 1e-9);
});

test('a fall beyond noise and least effect is harm; a smaller one than the least effect is none', () => {
  assert.is(judgeScores(of(0.8), of(0.75), {}, false).verdict, 'rolled-back');
  assert.is(judgeScores(of(0.8), of(0.795), {}, false).verdict, 'kept');
  assert.is(judgeScores(of(0.8), of(0.795), { leastEffect: 0.002 }, false).verdict, 'rolled-back');
});

test('a fall within the noise waits, and counts as what it looks like when there is no more time', () => {
  assert.is(judgeScores(of(0.8, 0.05), of(0.75, 0.05), {}, false).verdict, 'more');
  assert.is(judgeScores(of(0.8, 0.05), of(0.75, 0.05), {}, true).verdict, 'rolled-back');
});

test('what must pay is kept only for more than the least effect', () => {
  const aim = { mustPay: true, leastEffect: 0.02 };
  assert.is(judgeScores(of(0.4), of(0.43), aim, false).verdict, 'kept');
  assert.is(judgeScores(of(0.4), of(0.41), aim, false).verdict, 'rolled-back');
  assert.is(judgeScores(of(0.4, 0.02), of(0.43, 0.02), aim, false).verdict, 'more');
  assert.is(judgeScores(of(0.4, 0.02), of(0.43, 0.02), aim, true).verdict, 'kept');
  assert.is(judgeScores(of(0.4, 0.02), of(0.41, 0.02), aim, true).verdict, 'rolled-back');
});

test('the reason has the numbers', () => {
  assert.is(judgeScores(of(0.8), of(0.9), {}, false).why, 'it helps: the score went from 0.8 to 0.9 (noise 0.00424)');
});

test.run();
