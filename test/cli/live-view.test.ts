import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { render } from '../../src/cli/live-view.js';
import type { RuntimeStatus } from '../../src/runtime/status.js';

const status: RuntimeStatus = {
  uptimeS: 12,
  model: 'roadside-n',
  variant: 'fp32-416x256',
  provider: 'cpu',
  refusedProviders: [],
  workers: [],
  cameras: [
    {
      id: 'north',
      source: 'north',
      state: 'streaming',
      connectionQuality: 'excellent',
      lastError: null,
      capturedFps: 15,
      answeredFps: 15,
      captured: 180,
      inferred: 45,
      dropped: {},
      answered: { inferred: 45, propagated: 100, 'reused-memory': 30, 'reused-disk': 5 },
      estimatedF1: null,
      vehicles: { car: 2 },
      vehiclesSeen: 21,
      lines: { gate: { outbound: 12, inbound: 3 } },
      zones: { 'bus-stop': 1 },
    },
  ],
  latencyMs: { p50: 17, p95: 22 },
  mqtt: { broker: null, connected: false, queued: 0, dropped: 0, sent: 0 },
  leftOut: [],
};

test('shows vehicles now and so far, crossings by direction and zones', () => {
  const [, line] = render(status).split('\n');
  assert.is(
    line!.replace(/ {2,}/g, '  '),
    '  north  15.0 of  15.0 fps  75 % without inference  2 car  seen 21  gate 12 outbound, 3 inbound  1 in bus-stop  no drops  excellent',
  );
});

test('says nothing of lines and zones where none are configured', () => {
  const [camera] = status.cameras;
  const [, line] = render({ ...status, cameras: [{ ...camera!, lines: {}, zones: {} }] }).split('\n');
  assert.match(line!, /seen 21 {2}no drops/);
});

test.run();
