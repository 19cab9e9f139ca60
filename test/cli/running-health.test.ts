import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { healthIn, healthInLine } from '../../src/cli/running-health.js';
import type { CameraStatus, RuntimeStatus } from '../../src/runtime/status.js';
import { statusLine } from '../../src/runtime/systemd/status-line.js';

const camera = (change: Partial<CameraStatus>): CameraStatus =>
  ({
    state: 'streaming',
    paused: null,
    capturedFps: 10,
    answeredFps: 9,
    captured: 1000,
    estimatedF1: 0.9,
    dropped: { 'queue-full': 7, 'detector-timeout': 2, 'detector-crash': 1 },
    ...change,
  }) as CameraStatus;
const status = (cameras: readonly CameraStatus[], provider: string | null = 'cuda') =>
  ({ uptimeS: 60, cameras, provider }) as RuntimeStatus;

const METRICS = `# TYPE edge_resident_memory_bytes gauge
edge_resident_memory_bytes{process="main"} 1000
edge_resident_memory_bytes{process="worker-0"} 5e3
`;

test('of what the program answers: sums of the cameras that are to be answered, the worst estimate, all memory', () => {
  const lost = camera({
    state: 'reconnecting' as CameraStatus['state'],
    capturedFps: null,
    answeredFps: null,
    estimatedF1: 0.8,
  });
  const paused = camera({ paused: { since: 0, until: null, by: 'key' } });
  assert.equal(healthIn(status([camera({}), lost, paused]), METRICS), {
    uptimeS: 60,
    cameras: 2,
    streaming: 1,
    capturedFps: 10,
    answeredFps: 9,
    captured: 2000,
    failed: 6,
    provider: 'cuda',
    estimatedF1: 0.8,
    memoryBytes: 6000,
  });
});

test('what is not told is null, never 0', () => {
  const dark = camera({ capturedFps: null, answeredFps: null, estimatedF1: null });
  const { capturedFps, answeredFps, estimatedF1, memoryBytes, provider } = healthIn(status([dark], null), '');
  assert.equal([capturedFps, answeredFps, estimatedF1, memoryBytes, provider], [null, null, null, null, null]);
});

test('the line for systemctl status is read as it is written', () => {
  const told = healthInLine(statusLine(status([camera({}), camera({ estimatedF1: 0.75 })])));
  assert.equal([told?.cameras, told?.streaming, told?.answeredFps, told?.estimatedF1], [2, 2, 18, 0.75]);
  assert.equal([told?.provider, told?.memoryBytes], ['cuda', null]);
  const dark = healthInLine(statusLine(status([camera({ answeredFps: null, estimatedF1: null })], null)));
  assert.equal([dark?.streaming, dark?.answeredFps, dark?.estimatedF1, dark?.provider], [1, null, null, null]);
  assert.is(healthInLine('starting'), null);
  assert.is(healthInLine(''), null);
});

test.run();
