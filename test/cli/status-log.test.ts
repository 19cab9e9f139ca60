import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { statusFields } from '../../src/cli/status-log.js';
import type { Summary } from '../../src/cli/summary.js';
import type { CameraStatus, RuntimeStatus } from '../../src/runtime/status.js';
import { IDLE_STATUS } from '../runtime/idle-status.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer } from './command-line.js';
import { parseStrictly } from './strict-json.js';

const north: CameraStatus = {
  id: 'north',
  source: 'rtsp://north',
  state: 'streaming',
  paused: null,
  connectionQuality: 'fair',
  lastError: 'an old one',
  plausibility: null,
  implausible: null,
  capturedFps: 14.96,
  answeredFps: null,
  captured: 180,
  inferred: 45,
  answered: { inferred: 45, propagated: 100, 'reused-memory': 30, 'reused-disk': 5 },
  estimatedF1: null,
  reusePays: true,
  dropped: { 'queue-full': 2, stale: 1 },
  vehicles: { car: 2 },
  vehiclesSeen: 21,
  lines: {},
  zones: {},
};

const status: RuntimeStatus = {
  ...IDLE_STATUS,
  uptimeS: 12.4,
  machine: { ...IDLE_STATUS.machine, cpuPercent: 43.21, memoryPercent: 61, throttledBy: ['heat'] },
  cameras: [north, { ...north, id: 'south', state: 'reconnecting' }],
  latencyMs: { p50: 17.04, p95: null },
};

test('a line of the log says how the runtime and each camera do, with the error of a camera that is away', () => {
  const { cameras, ...whole } = statusFields(status);
  assert.equal(whole, {
    uptimeS: 12,
    provider: 'cpu',
    latencyMs: { p50: 17, p95: null },
    mqtt: { connected: null, queued: 0, dropped: 0 },
    machine: { cpuPercent: 43.2, memoryPercent: 61, temperature: null, throttledBy: ['heat'] },
  });
  const camera = {
    id: 'north',
    state: 'streaming',
    connectionQuality: 'fair',
    plausibility: null,
    capturedFps: 15,
    answeredFps: null,
    captured: 180,
    inferred: 45,
    dropped: 3,
    vehiclesSeen: 21,
  };
  assert.equal(cameras, [camera, { ...camera, id: 'south', state: 'reconnecting', lastError: 'an old one' }]);
});

test('without a terminal a run prints its summary alone, and every line of its log is one JSON object without a key twice', async () => {
  const sources = ['--source', 'sim://road?traffic=rush', '--source', 'http://127.0.0.1:9/gone.jpg'];
  const env = { EDGE_OUTPUT_STATUS_INTERVAL_S: '1', EDGE_HTTP_PORT: '0' };
  const args = ['run', ...sources, '--broker', 'embedded', '--duration', '3', '--log-level', 'debug'];
  const { code, stdout, stderr } = await edgeOptimizer(args, env);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^\nstopped: the duration is over\n\d+ of \d+ frames answered in /);
  assert.not.match(stdout, /gone\.jpg/);

  const lines = stderr.trimEnd().split('\n').map(parseStrictly);
  for (const { level, time, msg } of lines) {
    assert.ok(['debug', 'info', 'warn', 'error'].includes(level as string), `level ${level}`);
    assert.is(new Date(time as string).toISOString(), time);
    assert.type(msg, 'string');
  }
  const messages = lines.map(({ msg }) => msg);
  for (const message of ['the detector serves', 'camera lost', 'camera still away', 'status', 'stopped'])
    assert.ok(messages.includes(message), `${message} in ${messages.join(', ')}`);
  assert.is(lines.find(({ msg }) => msg === 'camera lost')!['camera'], 'camera');
  const { reason, summary } = lines.find(({ msg }) => msg === 'stopped')! as { reason: string; summary: Summary };
  assert.is(reason, 'the duration is over');
  assert.equal(
    summary.cameras.map(({ id }) => id),
    ['sim', 'camera'],
  );
});

test('a failure of a run is a line of its log, with its code, even where the log is to be silent', async () => {
  const file = join(temporaryFolder('status-log'), 'no-clip.mp4');
  writeFileSync(file, 'this is no video');
  const { code, stdout, stderr } = await edgeOptimizer(['run', '--source', file, '--no-http', '--log-level', 'silent']);
  assert.is(code, 2);
  assert.is(stdout, '');
  const { level, code: failure, msg } = parseStrictly(stderr.trimEnd());
  assert.is(level, 'error');
  assert.is(failure, 'E_SOURCE');
  assert.match(msg as string, /^E_SOURCE: .*no-clip\.mp4/);
});

test.run();
