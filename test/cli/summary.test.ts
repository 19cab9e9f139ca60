import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describe, summarize } from '../../src/cli/summary.js';
import type { CameraStatus, RuntimeStatus } from '../../src/status.js';

const camera = (id: string, captured: number, inferred: number, dropped: Record<string, number>): CameraStatus => ({
  id,
  source: id,
  state: 'stopped',
  connectionQuality: 'excellent',
  lastError: null,
  capturedFps: null,
  answeredFps: null,
  captured,
  inferred,
  dropped,
  vehicles: {},
  vehiclesSeen: 2,
});

const status: RuntimeStatus = {
  uptimeS: 12,
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: 'cpu',
  refusedProviders: [],
  workers: [],
  cameras: [camera('north', 100, 90, { 'queue-full': 7, stale: 0 }), camera('south', 50, 50, { stale: 0 })],
  latencyMs: { p50: 12.345, p95: 40 },
  mqtt: { broker: null, connected: false, queued: 0, dropped: 0, sent: 0 },
};

test('adds up the cameras; what is neither answered nor dropped was still waiting', () => {
  const summary = summarize(status, 10);
  assert.is(summary.captured, 150);
  assert.is(summary.inferred, 140);
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
  const summary = summarize({ ...status, cameras: [], provider: null, latencyMs: { p50: null, p95: null } }, 0);
  assert.is(summary.fps, 0);
  assert.equal(summary.latencyMs, { p50: null, p95: null });
});

test('tells a person the same', () => {
  assert.is(
    describe(summarize(status, 10)),
    [
      '140 of 150 frames inferred in 10 s (14 fps)',
      'latency p50 12.3 ms, p95 40 ms',
      'dropped: 7 queue-full',
      '3 still waiting when it stopped',
      '4 vehicles seen',
      'roadside-n fp32-416x256 on cpu',
    ].join('\n'),
  );
});

test.run();
