import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DetectorState } from '../../src/detect/host/supervised-detector.js';
import { HealthAlerts } from '../../src/runtime/health-alerts.js';
import type { CameraStatus } from '../../src/runtime/status.js';

const camera = (id: string, state: CameraStatus['state'], lastError: string | null = null): CameraStatus => ({
  id,
  source: id,
  state,
  connectionQuality: 'excellent',
  lastError,
  capturedFps: null,
  answeredFps: null,
  captured: 0,
  inferred: 0,
  answered: { inferred: 0, propagated: 0, 'reused-memory': 0, 'reused-disk': 0 },
  estimatedF1: null,
  dropped: {},
  vehicles: {},
  vehiclesSeen: 0,
  lines: {},
  zones: {},
});
const idle: DetectorState = { kind: 'idle' };
const unhealthy: DetectorState = { kind: 'unhealthy', since: 0, reason: 'it crashed' };

function recorded(): { alerts: HealthAlerts; sent: [string, unknown][]; at: (ms: number) => void } {
  const sent: [string, unknown][] = [];
  let now = 0;
  const alerts = new HealthAlerts({ alert: (code, payload) => sent.push([code, payload]) }, () => now);
  return { alerts, sent, at: (ms) => void (now = ms) };
}

test('says nothing while everything works', () => {
  const { alerts, sent } = recorded();
  alerts.detectors([idle]);
  alerts.cameras([camera('north', 'streaming')]);
  assert.equal(sent, []);
});

test('names the lost cameras with their reasons, as a warning while others work', () => {
  const { alerts, sent, at } = recorded();
  at(5);
  alerts.cameras([camera('north', 'reconnecting', 'connection refused'), camera('south', 'streaming')]);
  assert.equal(sent, [
    [
      'camera-lost',
      {
        severity: 'warning',
        message: 'no usable pictures from north (connection refused): check the camera, its power and its network',
        since: 5,
      },
    ],
  ]);
});

test('tells each state of an alert once, and keeps its beginning', () => {
  const { alerts, sent, at } = recorded();
  alerts.cameras([camera('north', 'reconnecting'), camera('south', 'streaming')]);
  alerts.cameras([camera('north', 'reconnecting'), camera('south', 'streaming')]);
  assert.is(sent.length, 1);
  at(60_000);
  alerts.cameras([camera('north', 'reconnecting'), camera('south', 'reconnecting')]);
  assert.is(sent.length, 2);
  assert.equal((sent[1]![1] as { severity: string; since: number }).severity, 'critical');
  assert.equal((sent[1]![1] as { severity: string; since: number }).since, 0);
});

test('names a camera that was given up, but not a file that came to its end', () => {
  const { alerts, sent } = recorded();
  alerts.cameras([camera('north', 'ended', 'no such device'), camera('south', 'streaming'), camera('file', 'ended')]);
  assert.match((sent[0]![1] as { message: string }).message, /no usable pictures from north \(no such device\): /);
});

test('clears an alert once, when its cause is gone', () => {
  const { alerts, sent } = recorded();
  alerts.detectors([unhealthy]);
  alerts.detectors([idle]);
  alerts.detectors([idle]);
  assert.equal(
    sent.map(([code, payload]) => [code, payload === null]),
    [
      ['detector-unhealthy', false],
      ['detector-unhealthy', true],
    ],
  );
});

test('one unhealthy worker of two is a warning, two are critical', () => {
  const { alerts, sent } = recorded();
  alerts.detectors([unhealthy, idle]);
  alerts.detectors([unhealthy, unhealthy]);
  assert.equal(
    sent.map(([, payload]) => (payload as { severity: string }).severity),
    ['warning', 'critical'],
  );
});

test('names the cameras whose answers miss the accuracy floor with their reasons, and clears that', () => {
  const { alerts, sent } = recorded();
  alerts.accuracy([{ camera: 'north', reason: 'F1 0.9' }]);
  alerts.accuracy([]);
  assert.match(
    (sent[0]![1] as { message: string }).message,
    /answer\.accuracyFloor at north \(F1 0\.9\): every frame is/,
  );
  assert.equal(
    sent.map(([code, payload]) => [code, payload === null]),
    [
      ['accuracy-floor-missed', false],
      ['accuracy-floor-missed', true],
    ],
  );
});

test('a cache that cannot use its disk is told with the reason and what to do, and cleared when it can', () => {
  const { alerts, sent, at } = recorded();
  at(5);
  alerts.cacheDegraded('cannot be written: database or disk is full', '/data/cache.db');
  alerts.cacheDegraded(null, '/data/cache.db');
  assert.equal(sent, [
    [
      'cache-degraded',
      {
        severity: 'warning',
        message:
          'the disk tier of the cache is out of order (cannot be written: database or disk is full): memory goes on, but what is new is lost at a restart; check that /data/cache.db and its folder can be written and the disk has room',
        since: 5,
      },
    ],
    ['cache-degraded', null],
  ]);
});

test('a corrupt file of the cache that was set aside is named', () => {
  const { alerts, sent } = recorded();
  alerts.cacheSetAside('/data/cache.db.corrupt-2026-05-01T00-00-00-000Z');
  assert.is(sent[0]![0], 'cache-set-aside');
  assert.match(
    (sent[0]![1] as { message: string }).message,
    /set aside as \/data\/cache\.db\.corrupt-2026-05-01T00-00-00-000Z and a new one begun/,
  );
});

test.run();
