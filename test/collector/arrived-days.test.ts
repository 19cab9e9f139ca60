import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReportMaker } from '../../src/collector/report/report-maker.js';
import type { FleetStore } from '../../src/collector/store/fleet-store.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { temporaryFolder } from '../temporary.js';
import { newDevice } from './new-device.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2026, 10, 20);
const NOTHING = { devices: [], births: [], streams: [], alerts: [], rows: [], quarantined: [], counts: {} };

/** A store with so many devices, and how often what arrived is read from it. */
async function fleetOf(devices: number) {
  const store = new SqliteFleetStore({ file: `${temporaryFolder('arrived-days')}/fleet.sqlite`, durable: false });
  const ids: number[] = [];
  for (let index = 0; index < devices; index++)
    ids.push((await newDevice(store, 'demo', `d${String(index).padStart(2, '0')}`, FROM)).id);
  let reads = 0;
  const watched = new Proxy(store, {
    get: (target, name) => {
      if (name === 'arrived') reads++;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as FleetStore;
  /** Cars of an interval. @param arrivedAt Unix ms @param n a larger one takes the place of a smaller one */
  const tell = (device: number, start: number, cars: number, arrivedAt: number, n = 1) =>
    store.commit({
      ...NOTHING,
      rows: [
        {
          ...{ table: 'traffic', device, subject: 'north', start, part: 1, stream: '0123456789ab', n },
          ...{ ts: start + HOUR, at: start, receivedAt: arrivedAt },
          body: JSON.stringify({ lines: { gate: { inbound: { car: cars } } } }),
        },
      ],
    });
  return { store, watched, ids, tell, reads: () => reads };
}

test('a week is read once, what came late, was replaced or came since is in the next report, and nothing is in it twice', async () => {
  const { store, watched, ids, tell, reads } = await fleetOf(10);
  let now = FROM + 7 * DAY;
  const maker = new ReportMaker(watched, () => now);
  /** Cars of each day, of all or of the one that is a tenant's; made anew each time. */
  const cars = async (from = FROM, tenant?: string): Promise<number[]> => {
    now += 600_000;
    const report = (await maker.report({ from, days: 7, tenant }))!;
    return report.days.map(({ crossings }) => crossings);
  };
  for (const device of ids)
    for (let day = 0; day < 7; day++) await tell(device, FROM + day * DAY + HOUR, 1, FROM + day * DAY + 2 * HOUR);
  // of the second day, told on the third, and of the last one, told after the week
  await tell(ids[0]!, FROM + DAY + 5 * HOUR, 100, FROM + 2 * DAY + HOUR);
  await tell(ids[1]!, FROM + 6 * DAY + 23 * HOUR, 1000, FROM + 7 * DAY + HOUR);
  // by a clock that is ahead: of the first day, and there before it
  await tell(ids[2]!, FROM + 3 * HOUR, 10_000, FROM - 60_000);
  assert.equal(await cars(), [10_010, 110, 10, 10, 10, 10, 1010]);
  const once = reads();
  assert.equal(await cars(), [10_010, 110, 10, 10, 10, 10, 1010]);
  assert.is(reads(), once, 'nothing has changed');
  await tell(ids[3]!, FROM + 3 * DAY + HOUR, 5, FROM + 8 * DAY, 2);
  assert.equal(await cars(), [10_010, 110, 10, 14, 10, 10, 1010]);
  assert.is(reads(), once + 1, 'one day was read anew');
  const [first, ...others] = await cars(FROM + DAY);
  assert.equal([first, ...others], [110, 10, 14, 10, 10, 1010, 0]);
  const device = (await store.known('demo', 'd03'))!.device;
  await store.commit({ ...NOTHING, devices: [{ ...device, tenant: 'harbour' }] });
  const before = reads();
  assert.equal(await cars(FROM, 'harbour'), [1, 1, 1, 5, 1, 1, 1]);
  assert.is(reads(), before, 'of one device alone not all of them are read');
  await maker.stop();
  await store.close();
});

test('a report that nobody waits for any more ends', async () => {
  const { store, watched, ids, tell } = await fleetOf(1);
  await tell(ids[0]!, FROM, 1, FROM);
  const maker = new ReportMaker(watched, () => FROM + 7 * DAY);
  const report = maker.report({ from: FROM, days: 7 })!;
  const ended = report.then(
    () => 'made',
    (error: Error) => error.message,
  );
  await maker.stop();
  assert.is(await ended, 'the collector ends');
  await store.close();
});

test.run();
