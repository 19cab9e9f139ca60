import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';

const config = configSchema.parse({
  tenants: [{ id: 'harbour' }, { id: 'railway' }],
  cameras: [
    { id: 'gate', url: 'sim://road' },
    { id: 'quay', url: 'sim://road', tenant: 'harbour' },
    { id: 'crane', url: 'sim://road', tenant: 'harbour' },
  ],
});
const DECLARATION = { code: 'lost', severities: ['warning'], help: 'x', action: 'y' } as const;

test('what is said of cameras is apart by whose they are, also where one has none of them', () => {
  const cameraAlerts = new CameraAlerts(config, new Alerts(() => 0));
  const cameras = ['quay', 'gate', 'handed-in', 'crane'].map((id) => ({ id }));
  assert.equal(
    cameraAlerts.apart(cameras).map(({ tenant, own }) => [tenant, own.map(({ id }) => id).join()]),
    [
      [null, 'gate,handed-in'],
      ['harbour', 'quay,crane'],
      ['railway', ''],
    ],
  );
});

test('an alert of a tenant is none of the device, nor of another tenant', () => {
  const device = new Alerts(() => 0);
  device.declare([DECLARATION]);
  const cameraAlerts = new CameraAlerts(config, device);
  cameraAlerts.declare([DECLARATION]);
  for (const { alerts, own } of cameraAlerts.apart([{ id: 'quay' }])) {
    const message = own.map(({ id }) => id).join();
    alerts.set('lost', own.length === 0 ? null : { severity: 'warning', message });
  }
  assert.equal(
    [...cameraAlerts.owners].map(([tenant, alerts]) => [tenant, alerts.active().map(({ message }) => message)]),
    [
      [null, []],
      ['harbour', ['quay']],
      ['railway', []],
    ],
  );
  assert.equal(
    cameraAlerts.tenants.map(([tenant]) => tenant),
    ['harbour', 'railway'],
  );
});

test.run();
