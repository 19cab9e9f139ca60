import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HOUR_MS } from '../../../src/forecast/hourly-series.js';
import { silentLog } from '../../../src/foundation/log.js';
import { CameraAlerts } from '../../../src/runtime/alerts/camera-alerts.js';
import { DeviceTrafficWatch } from '../../../src/runtime/traffic/device-traffic-watch.js';
import { JoinedTraffic } from '../../../src/store/joined-traffic.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrafficStore } from '../../../src/store/traffic.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { needs } from '../../optional.js';
import { gaussian, seeded } from '../../seeded.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const MONDAY = Date.UTC(2026, 0, 5);
const WEEKS = 5;
const TENANT = 'city';
const folder = temporaryFolder('traffic-watch');
const random = seeded(3);
const around = (mean: number): number => Math.round(mean + gaussian(random) * Math.sqrt(mean));

/** Counts of `north` (two lanes) and of the tenant's `south`, in real files, from some time on. */
class Road {
  readonly #files = [null, TENANT].map((tenant) => {
    const file = new StoreFile({
      what: 'the history',
      file: join(folder, `${tenant}.db`),
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
    });
    const store: TrafficStore = new TrafficStore(file, (interval) => store.told(interval));
    file.start();
    return { tenant, file, store };
  });
  readonly kept = new JoinedTraffic(
    this.#files.map(({ tenant, store }) => ({ store, owns: (camera) => (camera === 'south') === (tenant !== null) })),
  );
  hour = 0;

  pass(hours: number, means: { readonly a?: number; readonly b?: number; readonly south?: number } = {}): void {
    const { a = 200, b = 150, south = 90 } = means;
    for (let i = 0; i < hours; i++, this.hour++) {
      this.#close('north', { a: around(a), b: around(b) });
      this.#close('south', { gate: around(south) });
    }
    for (const { file } of this.#files) file.flush();
  }

  stop(): void {
    for (const { file } of this.#files) file.stop();
  }

  #close(camera: string, vehicles: Record<string, number>): void {
    const { store } = this.#files[camera === 'south' ? 1 : 0]!;
    const lines = Object.fromEntries(
      Object.entries(vehicles).map(([line, count]) => [line, { in: { car: count }, out: {} }]),
    );
    const from = MONDAY + this.hour * HOUR_MS;
    const counts = { lines, zones: {} };
    store.close({ camera, from, intervalS: 3600, part: 1, coveredMs: HOUR_MS, leftOut: 0, counts });
  }
}

/** A run of the program that watches the road. */
function run(road: Road, faults = new Map<string, string>()) {
  const clock = { now: () => 0, unixNow: () => MONDAY + road.hour * HOUR_MS + 60_000 };
  const config = { cameras: [], tenants: [{ id: TENANT, cameras: [{ id: 'south' }] }] };
  const device = new Alerts(clock.unixNow);
  const cameraAlerts = new CameraAlerts(config as never, device);
  const owned = {
    owners: cameraAlerts.owners,
    declare: cameraAlerts.declare.bind(cameraAlerts),
    ownerOf: (camera: string) => (camera === 'south' ? TENANT : null),
  };
  const part = new DeviceTrafficWatch(
    {
      kept: road.kept,
      cameraAlerts: owned,
      cameras: () => ['north', 'south'],
      faults: () => faults,
      clock,
      log: silentLog,
    },
    0,
  );
  device.declare(part.alerts);
  const messages = (owner: string | null) =>
    owned.owners
      .get(owner)!
      .active()
      .map(({ message }) => message);
  return { part, messages };
}

onDisk('a closed lane is an alert of the device, known after a restart, and over when the lane is open', async () => {
  const road = new Road();
  road.pass(WEEKS * 168);
  const { part, messages } = run(road);
  await part.look();
  assert.equal([messages(null), messages(TENANT)], [[], []]);

  road.pass(3, { a: 8 });
  await part.look();
  assert.is(messages(null).length, 1);
  const since = new Date(MONDAY + WEEKS * 168 * HOUR_MS).toISOString().slice(0, 16);
  assert.match(messages(null)[0]!, new RegExp(`^north: far fewer .* since ${since}Z at a \\(in\\): .*closed lane`));
  assert.equal(messages(TENANT), []);

  const after = run(road);
  await after.part.look();
  assert.match(after.messages(null)[0]!, /closed lane/);

  road.pass(2);
  await part.look();
  assert.equal(messages(null), []);

  // what is before a tenant's camera is told to the tenant alone
  road.pass(3, { south: 2 });
  await part.look();
  assert.equal(messages(null), []);
  assert.match(messages(TENANT)[0]!, /^south: .*incident or a closure upstream/);

  const moved = run(road, new Map([['south', 'shifted: the view is elsewhere']]));
  await moved.part.look();
  assert.match(moved.messages(TENANT)[0]!, /shifted: the view is elsewhere; mend the camera first/);
  road.stop();
});

onDisk('a run that is stopped while it reads the past ends at once and says nothing', async () => {
  const road = new Road();
  const { part, messages } = run(road);
  part.start();
  const looking = part.look();
  await part.stop();
  await looking;
  assert.equal(messages(null), []);
  road.stop();
});

test.run();
