import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { referencesOf } from '../../../bench/kpi/judgement.js';
import type { CameraAnswer, KnobsAt, LiveRun } from '../../../bench/live/contender-run.js';
import { backAfterS, stretchOf } from '../../../bench/live/stretch.js';
import { fixedAt } from '../../../bench/live.js';

const box = [10, 10, 60, 60, 0.9, 0];
const point = {
  model: 'roadside-s',
  variant: 'int8',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
};
const knobs = (at: number, inferenceIntervalMs: number): KnobsAt => ({
  at,
  point,
  batchWindowMs: 0,
  inferenceIntervalMs,
});

/** Ten frames a second; those of `late` took half a second, those of `lost` have no answer. */
function runOf(late: readonly number[], lost: readonly number[]): LiveRun {
  const answers = Array.from({ length: 20 }, (_, seq): CameraAnswer => {
    const latencyMs = late.includes(seq) ? 500 : 20;
    return { camera: 'north', seq, capturedAt: seq * 100, latencyMs, origin: 'inferred', detections: [box] };
  }).filter(({ seq }) => !lost.includes(seq));
  return { answers, knobs: [], bounds: [0, 1000, 2000, 2000] };
}

const film = Array.from({ length: 5 }, (_, seq) => ({ seq, capturedAt: 0, latencyMs: 0, detections: [box] }));
const judges = { fps: 10, budgetMs: 300, references: new Map([['north', referencesOf(film)]]), filmFrames: 5 };

test('what came late and what has no answer count alike, and only in their stretch', () => {
  const run = runOf([11, 12], [15]);
  assert.is(stretchOf(run, 0, 1000, judges).lateOrDropped, 0);
  const load = stretchOf(run, 1000, 2000, judges);
  assert.equal([load.due, load.lateOrDropped], [10, 1 - 7 / 10]);
  assert.is(load.inferredShare, 1);
});

test('a frame without an answer is one without boxes; the film is judged each time that it is shown', () => {
  assert.is(stretchOf(runOf([], []), 1000, 2000, judges).worstF1, 1);
  // nine of ten vehicles found: 18 / (18 + 1)
  assert.ok(Math.abs(stretchOf(runOf([], [15]), 1000, 2000, judges).worstF1! - 18 / 19) < 1e-9);
});

test('the way back ends where the knobs stand as before for good', () => {
  const full = knobs(0, 0);
  assert.is(backAfterS([knobs(1000, 200), knobs(2000, 0), knobs(3000, 200), knobs(9000, 0)], full, 1000), 8);
  assert.is(backAfterS([knobs(1000, 0)], full, 1000), 0);
  assert.is(backAfterS([knobs(1000, 200)], full, 1000), null);
});

test('what the fixed program has is all of the setting that the tuning had found', () => {
  const { settings } = fixedAt({ ...knobs(0, 200), batchWindowMs: 15, point: { ...point, workers: 2, batchSize: 4 } });
  assert.equal(settings, {
    model: { name: 'roadside-s', variant: 'int8' },
    detector: { workers: 2, intraOpThreads: 1 },
    schedule: { maxBatch: 4, batchWindowMs: 15 },
    answer: { inferenceIntervalMs: 200 },
    tune: { enabled: false },
  });
});

test.run();
