import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHealth } from '../../src/schedule/worker-health.js';

function serving(): WorkerHealth {
  const health = new WorkerHealth();
  for (let i = 0; i < 7; i++) health.answered(10, 10, i);
  assert.is(health.state.kind, 'serving');
  return health;
}

test('a worker that started is given twice as many pictures with each good answer', () => {
  const health = new WorkerHealth();
  const allowed: number[] = [];
  for (let i = 0; i < 7; i++) {
    allowed.push(health.allowed);
    health.answered(10, 10, i);
  }
  assert.equal(allowed, [1, 2, 4, 8, 16, 32, 64]);
  assert.is(health.allowed, Number.POSITIVE_INFINITY);
});

test('three errors in a row set it aside, two do not', () => {
  const health = serving();
  health.failed(100);
  health.failed(101);
  health.answered(10, 10, 102);
  health.failed(103);
  health.failed(104);
  assert.is(health.allowed, Number.POSITIVE_INFINITY);
  health.failed(105);
  assert.equal(health.state, { kind: 'ejected', until: 2105, pauseMs: 2000, why: 'it failed 3 times in a row' });
  assert.is(health.allowed, 0);
});

test('answers that take several times as long as usual set it aside, a single one does not', () => {
  const health = serving();
  health.answered(100, 10, 100);
  health.answered(10, 10, 101);
  for (let i = 0; i < 4; i++) health.answered(100, 10, 102 + i);
  assert.is(health.state.kind, 'serving');
  health.answered(100, 10, 106);
  assert.is(health.state.kind, 'ejected');
});

test('answers of a few ms are not slow because others take less than one', () => {
  const health = serving();
  for (let i = 0; i < 50; i++) health.answered(5, 0.5, 100 + i);
  assert.is(health.state.kind, 'serving');
});

test('it is probed after its pause, taken back slowly where that went well, and left for twice as long where not', () => {
  const health = serving();
  for (let i = 0; i < 3; i++) health.failed(100);
  assert.not(health.probeDue(2099));
  assert.ok(health.probeDue(2100));
  health.probe();
  assert.not(health.probed(null, 10, 2110));
  assert.equal(health.state, { kind: 'ejected', until: 6110, pauseMs: 4000, why: 'it failed 3 times in a row' });
  health.probe();
  assert.ok(health.probed(12, 10, 6120));
  assert.equal(health.state, { kind: 'slow-start', allowed: 1 });
});

test.run();
