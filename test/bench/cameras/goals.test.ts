import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../../bench/cameras/step.js';
import { busySecondsOf } from '../../../bench/cameras/whole-machine.js';
import { goals, lateness } from '../../../bench/cameras.js';

const step = (contender: Step['contender'], cameras: number, more: Partial<Step> = {}): Step => ({
  contender,
  cameras,
  fps: cameras * 25,
  late: 0,
  withoutInference: 0.9,
  estimatedF1: 0.98,
  p50Ms: 2,
  p95Ms: 7,
  cpuPerCamera: 0.05,
  othersCpu: 0.1,
  mainThread: { busy: 0.5, gcShare: 0.01, fullPer10S: 0.5 },
  ...more,
});

test('the last step that is punctual counts, against the last of the naive script', () => {
  const ours = [1, 8, 12, 16, 24].map((cameras) => step('ours', cameras));
  const found = goals([...ours, step('ours', 28, { late: 0.02 })], [step('naive', 2), step('naive', 3, { late: 0.4 })]);
  assert.equal(
    found.map(({ value }) => value),
    [24, 12, 0.98, 1, 7, 0.01, 0.5],
  );
  assert.ok(found.every(({ met }) => met === true));
});

test('CPU that grows or shrinks with the cameras is not kept; what was not measured is null', () => {
  const found = goals([step('ours', 1), step('ours', 16, { cpuPerCamera: 0.04 })], []);
  const byName = (name: string) => found.find((goal) => goal.name.startsWith(name))!;
  assert.is(byName('CPU per camera').value, 1.25);
  assert.is(byName('CPU per camera').met, false);
  assert.is(byName('times as many').met, null);
  assert.is(byName('p95 with 12').met, null);
});

test("late frames are said to be the program's own only where nobody else took the processor", () => {
  assert.is(lateness({ late: 0.027, othersCpu: 0.05 }), '2.7 % of the frames were late');
  assert.is(lateness({ late: 0.027, othersCpu: null }), '2.7 % of the frames were late');
  assert.match(lateness({ late: 0.5, othersCpu: 1.4 }), 'other programs took 1.40 cores');
});

test('what the whole machine took is all but idling and waiting, and what a host gave to others', () => {
  assert.is(busySecondsOf('cpu  100 20 30 5000 700 4 6 40 9 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n'), 2);
  assert.is(busySecondsOf('intr 5\n'), null);
});

test.run();
