import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import type { Clock } from '../../../src/foundation/clock.js';
import { createLog, silentLog } from '../../../src/foundation/log.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { DeviceDegradation } from '../../../src/runtime/alerts/device-degradation.js';
import type { MinuteListener } from '../../../src/runtime/history/device-series.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { JoinedSeries } from '../../../src/store/series/joined-series.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { DROP_CAUSES } from '../../../src/telemetry/metrics/camera-metrics.js';
import { needs } from '../../optional.js';
import { gaussian, seeded } from '../../seeded.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('degradation');
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);

/** A run of the program from a minute on, with the file of an earlier one. */
function run(file: string, minute: number, settings: object = {}) {
  const { alerts: config } = configSchema.parse({ alerts: { learnHours: 4, ...settings } });
  const time = { minute };
  const clock: Clock = { now: () => time.minute * MINUTE, unixNow: () => START + time.minute * MINUTE };
  const alerts = new Alerts(clock.unixNow);
  const store = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const listeners: MinuteListener[] = [];
  const series = {
    onMinute: (listener: MinuteListener) => void listeners.push(listener),
    reader: new JoinedSeries([]),
  };
  const part = new DeviceDegradation(
    config,
    { cameraAlerts: new CameraAlerts({ cameras: [], tenants: [] }, alerts), file: store, series, log: silentLog },
    clock,
  );
  alerts.declare(part.alerts);
  store.start();
  part.start();
  const random = seeded(minute + 1);
  const pass = (minutes: number, celsius: number) => {
    for (let i = 0; i < minutes; i++) {
      const t = START + time.minute++ * MINUTE;
      const mean = celsius + 0.3 * gaussian(random);
      const point = { t, min: mean, mean, max: mean, p95: mean, count: 60 };
      const name = 'machine_temperature';
      for (const tell of listeners) tell(t, [{ name, metric: name, labels: {}, unit: '°C', kind: 'gauge', point }]);
    }
  };
  const stop = () => {
    part.stop();
    store.stop();
  };
  return { alerts, pass, stop, store };
}

onDisk(
  'a device that becomes warmer than usual is an alert, which goes on after a restart without learning anew',
  () => {
    const file = join(folder, 'one.db');
    const before = run(file, 0);
    before.pass(500, 50);
    assert.equal(before.alerts.active(), []);
    before.pass(3, 65);
    const [alert] = before.alerts.active();
    assert.is(alert!.code, 'degraded-heat');
    assert.match(
      alert!.message,
      /^worse than usual: machine_temperature is 6[45][.\d]* °C, usually (50|49\.\d|50\.\d) °C$/,
    );
    assert.match(alert!.action, /fan/);
    before.stop();

    const after = run(file, 505);
    after.pass(1, 65);
    assert.is(after.alerts.active()[0]?.code, 'degraded-heat');
    after.pass(12, 50);
    assert.equal(after.alerts.active(), []);
    after.stop();
  },
);

onDisk('what was just found, or is over, is saved at once: a kill forgets neither', () => {
  const file = join(folder, 'killed.db');
  const killed = run(file, 0);
  killed.pass(500, 50);
  killed.pass(3, 65);
  killed.store.flush();
  const after = run(file, 505);
  after.pass(1, 65);
  assert.is(after.alerts.active()[0]?.code, 'degraded-heat');
  after.stop();
});

onDisk('nothing is watched where that is switched off, and something else where the configuration names it', () => {
  const off = run(join(folder, 'off.db'), 0, { adaptive: false });
  off.pass(500, 50);
  off.pass(5, 90);
  assert.equal(off.alerts.active(), []);
  off.stop();
  const watch = [{ metric: 'machine_temperature', code: 'degraded-load', least: 5 }];
  const other = run(join(folder, 'other.db'), 0, { watch });
  other.pass(500, 50);
  other.pass(5, 90);
  assert.is(other.alerts.active()[0]!.code, 'degraded-load');
  other.stop();
});

/** What is warned of by a device with so many cameras, in two minutes. */
function warnedWith(cameras: number, name: string): readonly string[] {
  const warnings: string[] = [];
  const log = createLog('warn', { write: (line) => void warnings.push(JSON.parse(line).msg) }, false);
  const clock: Clock = { now: () => 0, unixNow: () => START };
  const store = new StoreFile({ what: 'the history', file: join(folder, name), migrations: HISTORY_MIGRATIONS, log });
  const listeners: MinuteListener[] = [];
  const series = {
    onMinute: (listener: MinuteListener) => void listeners.push(listener),
    reader: new JoinedSeries([]),
  };
  const alerts = new Alerts(clock.unixNow);
  const part = new DeviceDegradation(
    configSchema.parse({}).alerts,
    { cameraAlerts: new CameraAlerts({ cameras: [], tenants: [] }, alerts), file: store, series, log },
    clock,
  );
  alerts.declare(part.alerts);
  store.start();
  part.start();
  const perCamera = [
    ...DROP_CAUSES.map((cause) => ['frames_dropped', cause]),
    ...['latency_p95', 'fps_captured', 'fps_inferred', 'estimated_f1', 'source_malformed', 'source_decode_errors'].map(
      (metric) => [metric],
    ),
  ];
  const rows = Array.from({ length: cameras }, (_, index) => `c${index}`).flatMap((camera) =>
    perCamera.map(([metric, ...labels]) => {
      const point = { t: START, min: 1, mean: 1, max: 1, p95: 1, count: 60 };
      const series = [metric!, camera, ...labels].join('.');
      return { name: series, metric: metric!, labels: {}, unit: '', kind: 'gauge' as const, point };
    }),
  );
  for (const minute of [0, 1]) for (const tell of listeners) tell(START + minute * MINUTE, rows);
  part.stop();
  store.stop();
  return warnings;
}

onDisk(
  'sixteen cameras are watched without a word, and of forty it is said once what is left out and how to choose',
  () => {
    assert.equal(warnedWith(16, 'sixteen.db'), []);
    const warnings = warnedWith(40, 'forty.db');
    assert.is(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /^512 series are watched for being worse than usual, as many as there is room for, and 128 are not: .*\.c32.*, …; alerts\.watch chooses the metrics that matter/,
    );
  },
);

test.run();
