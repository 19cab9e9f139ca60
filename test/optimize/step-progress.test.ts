import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Progress, StepProgress } from '../../src/optimize/step-progress.js';

function watched(total: number) {
  let time = 0;
  const told: Progress[] = [];
  const progress = new StepProgress(
    total,
    () => time,
    (one) => told.push(one),
  );
  const pass = (ms: number): number => (time += ms);
  return { progress, told, pass };
}

test('the time left is guessed from the pace so far', () => {
  const { progress, told, pass } = watched(10);
  progress.begin('first', 4);
  pass(4000);
  progress.within(1, 2, 'half');
  assert.equal(told.at(-1), { what: 'first: half', share: 0.2, leftMs: 16_000 });
  pass(4000);
  progress.begin('second', 6);
  assert.equal(told.at(-1), { what: 'second', share: 0.4, leftMs: 12_000 });
});

test('nothing is guessed from next to nothing', () => {
  const { progress, told, pass } = watched(1000);
  progress.begin('first', 10);
  pass(50);
  progress.within(1, 1);
  assert.is(told.at(-1)?.leftMs, null);
});

test('steps that take longer than announced end at the whole', () => {
  const { progress, told } = watched(1);
  progress.begin('first', 1);
  progress.begin('second', 1);
  progress.within(1, 1);
  assert.is(told.at(-1)?.share, 1);
});

test.run();
