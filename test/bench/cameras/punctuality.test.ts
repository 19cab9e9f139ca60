import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LATE_MS, punctuality } from '../../../bench/cameras/punctuality.js';

const STRETCH = { from: 1000, to: 5000 };

/** A camera of 25 frames/s, each answered after a time of its own. */
const lines = (latencyMs: (seq: number) => number, capturedAt = (seq: number) => seq * 40) =>
  Array.from({ length: 150 }, (_, seq) => ({
    seq,
    capturedAt: capturedAt(seq),
    latencyMs: latencyMs(seq),
    detections: [],
  }));

test('frames that are answered in time are not late', () => {
  assert.equal(
    punctuality(
      lines(() => LATE_MS - 1),
      STRETCH,
      40,
    ),
    { due: 100, late: 0 },
  );
});

test('an answer after the time and none at all are late; what lies outside of the stretch does not count', () => {
  const slow = lines((seq) => (seq === 50 || seq === 3 || seq === 140 ? LATE_MS + 5 : 5)).filter(
    ({ seq }) => seq !== 60,
  );
  assert.equal(punctuality(slow, STRETCH, 40), { due: 100, late: 2 });
});

test('a program that takes its frames later and later is late, however soon it answers then', () => {
  const behind = lines(
    () => 1,
    (seq) => seq * 50,
  );
  const { due, late } = punctuality(behind, STRETCH, 40);
  assert.is(due, 100);
  assert.ok(late > 70, `${late}`);
});

test('a camera that delivers nothing in the stretch is late with every frame', () => {
  assert.equal(punctuality([], STRETCH, 40), { due: 100, late: 100 });
});

test.run();
