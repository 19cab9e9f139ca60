import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { DeviceOrders } from '../../../src/runtime/commands/device-orders.js';
import { Pauses } from '../../../src/runtime/commands/pauses.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-orders');
const NOW = 1_700_000_000_000;
const CALL = { by: 'key', toSite: false, signed: null };

/** A device whose level of the log, limits and model may be set; no model but `small` can be loaded. */
function deviceWith(file: string) {
  const holds: Record<string, unknown> = {};
  const apply = (value: unknown, key: string): void => {
    if (key === 'model.variant' && value !== 'small') throw new Error(`there is no ${value}`);
    holds[key] = value;
  };
  const settings = ['output.logLevel', 'thresholds', 'model.variant'].map((path) => ({
    path,
    requiresRestart: false,
    apply,
  }));
  const history = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const alerts = new Alerts(() => NOW);

  const orders = new DeviceOrders({
    config: configSchema.parse({ model: { variant: 'large' } }),
    settings: () => settings,
    cameras: () => [],
    pauses: new Pauses(),
    alerts,
    cameraAlerts: new CameraAlerts({ cameras: [], tenants: [] }, alerts),
    history,
    log: silentLog,
    now: () => ({ wall: NOW, steady: 0 }),
  });
  alerts.declare(orders.alerts);
  const set = orders.commands.find(({ name }) => name === 'set')!;
  const command = async (body: object): Promise<string> => {
    try {
      await set.handle(set.payload.parse(body), CALL);
      return 'done';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const overridden = () => orders.overrides.all.map(({ key, value, term }) => [key, value, term.until]);
  const begin = async () => {
    running.add({ orders, history });
    history.start();
    await orders.start();
  };
  return { begin, holds, alerts, command, overridden };
}

const running = new Set<{ readonly orders: DeviceOrders; readonly history: StoreFile }>();
/** The end of every device. */
async function stop(): Promise<void> {
  for (const { orders, history } of running) {
    await orders.stop();
    history.stop();
  }
  running.clear();
}
// a test that fails must not keep the process
test.after.each(stop);

onDisk('where one key of a set cannot be changed, all have again what an earlier command gave them', async () => {
  const file = join(folder, 'undone.db');
  const device = deviceWith(file);
  await device.begin();
  await device.command({ 'thresholds.holdS': 5, forS: 100 });
  await device.command({ 'output.logLevel': 'debug', forS: 200 });
  const held = [
    ['thresholds.holdS', 5, NOW + 100_000],
    ['output.logLevel', 'debug', NOW + 200_000],
  ];
  const half = {
    'thresholds.holdS': 7,
    'output.logLevel': null,
    'thresholds.hysteresis': 0.3,
    'model.variant': 'none',
  };
  assert.is(await device.command(half), 'there is no none');
  assert.equal(device.overridden().sort(), held.sort());
  assert.equal(device.holds, { 'thresholds.holdS': 5, 'output.logLevel': 'debug', 'thresholds.hysteresis': 0.05 });
  assert.match(device.alerts.active()[0]!.message, /thresholds.holdS is 5, not 60, until/);
  await stop();

  const again = deviceWith(file);
  await again.begin();
  assert.equal(again.overridden().sort(), held.sort());
});

onDisk('null for a key that cannot be set is refused, and so is what cannot come back', async () => {
  const device = deviceWith(join(folder, 'null.db'));
  await device.begin();
  assert.match(await device.command({ 'output.loglevel': null }), /did you mean output.logLevel\?$/);
  assert.is(await device.command({ 'output.logLevel': null }), 'done');
  assert.is(await device.command({ 'model.variant': 'small' }), 'done');
  assert.is(await device.command({ 'model.variant': null }), 'there is no large');
  assert.equal(device.overridden(), [['model.variant', 'small', NOW + 3_600_000]]);
});

test.run();
