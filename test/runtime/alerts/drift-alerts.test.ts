import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { DriftAlerts } from '../../../src/runtime/alerts/drift-alerts.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { DRIFTS } from '../../../src/telemetry/alerts/drift/watched-drift.js';
import { needs } from '../../optional.js';
import { WrittenHistory } from '../../report/written-history.js';
import { gaussian, seeded } from '../../seeded.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('drift-alerts');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);
const END = START + 36 * DAY;
const SINCE = END - 4 * DAY;

const rush = (t: number) => 1 + 4 * Math.exp(-((((t / HOUR) % 24) - 17) ** 2) / 20);

onDisk('stored hours tell which camera became less right and that the device became slower, to whom it belongs', () => {
  const random = seeded(3);
  const noise = (size: number) => 1 + size * gaussian(random);
  const f1 = (t: number) => (0.95 - 0.01 * rush(t)) * noise(0.004);
  const history = new WrittenHistory(folder, START);
  const camera = (id: string, worse: number) => [
    { metric: 'estimated_f1', labels: { camera: id }, at: (t: number) => f1(t) * (t >= SINCE ? worse : 1) },
    { metric: 'vehicles', labels: { camera: id }, at: rush },
    { metric: 'fps_inferred', labels: { camera: id }, at: (t: number) => 2 * rush(t) * noise(0.05) },
  ];
  history.steps(HOUR, START, END, [
    ...camera('north', 0.94),
    ...camera('south', 1),
    ...camera('gate', 0.92),
    {
      metric: 'stage_p95',
      labels: { stage: 'total' },
      at: (t) => (40 + 6 * rush(t)) * noise(0.02) * (t >= SINCE ? 1.12 : 1),
    },
  ]);
  const device = new Alerts(() => END);
  const { cameras } = configSchema.parse({
    cameras: ['north', 'south', 'gate'].map((id) => ({ id, url: 'rtsp://192.0.2.1/' })),
  });
  const { tenants } = configSchema.parse({ tenants: [{ id: 'port' }] });
  const owned = cameras.map((camera) => (camera.id === 'gate' ? { ...camera, tenant: 'port' } : camera));
  const cameraAlerts = new CameraAlerts({ cameras: owned, tenants }, device);
  device.declare(DRIFTS);
  cameraAlerts.declare(DRIFTS);
  const drifts = new DriftAlerts(history.reader, cameraAlerts);
  for (let minute = 0; minute < 5; minute++) drifts.look(END + minute * 60_000);
  const own = device.active();
  assert.equal(own.map(({ code }) => code).sort(), ['drifting-accuracy', 'drifting-latency']);
  const [accuracy, latency] = ['drifting-accuracy', 'drifting-latency'].map(
    (code) => own.find((alert) => alert.code === code)!,
  );
  assert.match(
    accuracy!.message,
    /^slowly worse, at the same load: estimated_f1\.north is 0\.8\d+, [56]\.\d % less than the usual 0\.9\d+, since 2026-02-0\dT\d\d:00Z$/,
  );
  assert.match(latency!.message, /stage_p95\.total is [\d.]+ ms, 1[12]\.\d % more than the usual [\d.]+ ms, since/);
  assert.ok(cameraAlerts.owners.has('port'));
  const [ofTenant] = cameraAlerts.owners.get('port')!.active();
  assert.match(ofTenant!.message, /estimated_f1\.gate/);
  assert.not.match(ofTenant!.message, /north/);
  history.close();
});

test.run();
