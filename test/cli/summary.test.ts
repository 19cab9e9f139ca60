import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describe, summarizeRun } from '../../src/cli/summary.js';
import type { CameraStatus, RuntimeStatus } from '../../src/runtime/status.js';
import { IDLE_STATUS } from '../runtime/idle-status.js';

/** A tenth of its answers was inferred. */
const camera = (id: string, captured: number, answered: number, dropped: Record<string, number>): CameraStatus => ({
  id,
  source: id,
  state: 'stopped',
  paused: null,
  connectionQuality: 'excellent',
  lastError: null,
  plausibility: null,
  implausible: null,
  capturedFps: null,
  answeredFps: null,
  captured,
  inferred: answered * 0.1,
  answered: { inferred: answered * 0.1, propagated: answered * 0.5, 'reused-memory': answered * 0.4, 'reused-disk': 0 },
  estimatedF1: id === 'north' ? 0.984 : null,
  reusePays: true,
  dropped,
  vehicles: {},
  vehiclesSeen: 2,
  lines: {},
  zones: {},
});

const status: RuntimeStatus = {
  ...IDLE_STATUS,
  cameras: [camera('north', 100, 90, { 'queue-full': 7, stale: 0 }), camera('south', 50, 50, { stale: 0 })],
  latencyMs: { p50: 12.345, p95: 40 },
};

test('adds up the cameras; what is neither answered nor dropped was still waiting', () => {
  const summary = summarizeRun(status, 10);
  assert.is(summary.captured, 150);
  assert.is(summary.inferred, 14);
  assert.equal(summary.answering, {
    origins: { inferred: 14, propagated: 70, 'reused-memory': 56, 'reused-disk': 0 },
    withoutInference: 0.9,
    estimatedF1: 0.984,
  });
  assert.equal(summary.dropped, { 'queue-full': 7, stale: 0 });
  assert.is(summary.unanswered, 3);
  assert.equal(
    summary.cameras.map(({ unanswered }) => unanswered),
    [3, 0],
  );
  assert.is(summary.fps, 14);
  assert.equal(summary.latencyMs, { p50: 12.3, p95: 40 });
  assert.is(summary.vehiclesSeen, 4);
});

test('a run that never served has no rates and no latencies', () => {
  const summary = summarizeRun({ ...status, cameras: [], provider: null, latencyMs: { p50: null, p95: null } }, 0);
  assert.is(summary.fps, 0);
  assert.equal(summary.latencyMs, { p50: null, p95: null });
  assert.equal(summary.answering, { origins: {}, withoutInference: null, estimatedF1: null });
});

test('tells what crossed the lines', () => {
  const north = { ...status.cameras[0]!, lines: { gate: { in: 12, out: 3 }, bridge: { left: 0, right: 1 } } };
  const summary = summarizeRun({ ...status, cameras: [north] }, 10);
  assert.equal(summary.cameras[0]!.lines, { gate: { in: 12, out: 3 }, bridge: { left: 0, right: 1 } });
  assert.equal(describe(summary).split('\n').slice(5, 8), [
    '2 vehicles seen',
    'north: gate 12 in, 3 out',
    'north: bridge 0 left, 1 right',
  ]);
});

test('tells a person the same', () => {
  assert.is(
    describe(summarizeRun(status, 10)),
    [
      '140 of 150 frames answered in 10 s (14 fps), 14 of them by inference',
      'accuracy 0.984 of inferring every frame (F1, as audited)',
      'latency p50 12.3 ms, p95 40 ms',
      'dropped: 7 queue-full',
      '3 still waiting when it stopped',
      '4 vehicles seen',
      'roadside-n fp32-416x256 on cpu',
    ].join('\n'),
  );
});

test.run();
