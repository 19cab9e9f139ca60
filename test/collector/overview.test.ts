import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countedSteps } from '../../src/collector/overview/counted-hours.js';
import { crossingsByClass } from '../../src/collector/overview/crossings.js';
import { countsOf, type ListQuery, listed } from '../../src/collector/overview/fleet-list.js';
import type { DeviceStanding, ShownAlert } from '../../src/collector/overview/fleet-snapshot.js';
import { KnownDevices } from '../../src/collector/overview/known-devices.js';
import { LatestValues, UNMEASURED } from '../../src/collector/overview/measures.js';
import { onGrid, timeStepsOf } from '../../src/collector/overview/series.js';
import type { FleetDevice } from '../../src/collector/store/fleet-store.js';

const MINUTE = 60_000;

test('values of cameras become one of the device, and what is told no more has no reading', () => {
  const latest = new LatestValues();
  latest.take({ 'estimated_f1.north': 0.97, 'estimated_f1.south': 0.91, 'vehicles.north': 3, knob: 1 }, true);
  latest.take({ 'vehicles.south': 4, 'latency_p95.north': 31, machine_power: null }, false);
  const { accuracy, vehicles, latencyMs, power } = latest.measured();
  assert.equal([accuracy, vehicles, latencyMs, power], [0.91, 7, 31, null]);
  latest.take({ 'estimated_f1.north': null, 'vehicles.north': 1 }, false);
  assert.equal([latest.measured().accuracy, latest.measured().vehicles], [0.91, 5]);
  latest.take({ machine_power: 7.5 }, true);
  assert.equal(latest.measured(), { ...UNMEASURED, power: 7.5 });
});

test('crossings are those of lines, where there are none entries into zones, and null where nothing is known', () => {
  const lines = { gate: { in: { car: 3, bus: 1 }, out: { car: 2 } }, stop: { in: { car: 1 }, out: {} } };
  const zones = { bay: { entered: { car: 9 } } };
  assert.equal(crossingsByClass({ lines, zones }), { car: 6, bus: 1 });
  assert.equal(crossingsByClass({ lines: {}, zones }), { car: 9 });
  assert.equal(crossingsByClass({ lines: null, zones: null }), null);
});

test('counts are put into their hours, and an hour without any is not an hour without vehicles', () => {
  const row = (at: number, subject: string, body: object) => {
    return { at, ts: at, receivedAt: at, subject, stream: '', n: 1, body: JSON.stringify(body) };
  };
  const counted = { intervalS: 900, coverage: 1, zones: {} };
  const rows = [
    row(0, 'north', { ...counted, lines: { gate: { in: { car: 4 } } } }),
    row(900_000, 'south', { ...counted, lines: { gate: { in: { car: 1, bus: 2 } } } }),
    row(7_200_000, 'north', { ...counted, lines: null, zones: null, coverage: 0 }),
  ];
  const { classes, coverage } = countedSteps(rows, { from: 0, stepMs: 3_600_000, steps: 3 });
  assert.equal(classes, { bus: [2, null, null], car: [5, null, null] });
  assert.equal(coverage, [0.25, 0, 0]);
});

test('a value holds until another one is told, while the device is heard', () => {
  const grid = timeStepsOf(0, 10 * MINUTE, 10);
  assert.equal(grid, { from: 0, stepMs: MINUTE, steps: 10 });
  const told = [
    { at: -5 * MINUTE, value: 1 },
    { at: 2 * MINUTE, value: 4 },
    { at: 2.5 * MINUTE, value: 6 },
    { at: 9 * MINUTE, value: null },
  ];
  const heard = [-5 * MINUTE, 2 * MINUTE, 2.5 * MINUTE, 4 * MINUTE, 9 * MINUTE];
  assert.equal(onGrid(told, heard, grid, 6 * MINUTE), [1, 1, 5, 6, 6, 6, 6, 6, 6, null]);
  assert.equal(onGrid(told, heard, grid, 2 * MINUTE), [null, null, 5, 6, 6, 6, 6, null, null, null]);
  assert.equal(timeStepsOf(30_000, 86_430_000, 300).stepMs, 5 * MINUTE);
});

const alert = (code: string, severity: ShownAlert['severity']): ShownAlert => {
  return { code, severity, message: 'm', action: 'a', since: 5 };
};

function standing(name: string, over: Partial<DeviceStanding> & { version?: string; accuracy?: number } = {}) {
  const { version = '1.0', accuracy = null, ...rest } = over;
  const device = { site: 'demo', device: name, version, model: 'm', variant: 'v', provider: 'cpu', tenant: null };
  const readings = { measured: { ...UNMEASURED, accuracy }, measuredAt: 1, crossings: null };
  return {
    device,
    state: 'online',
    clockOffsetMs: 0,
    alerts: [],
    lost: 0,
    labels: [],
    readings,
    ...rest,
  } as DeviceStanding;
}

const FLEET = {
  at: 10,
  devices: [
    standing('c1', { accuracy: 0.9 }),
    standing('c2', { state: 'gone', version: '0.9' }),
    standing('c10', { alerts: [alert('temperature-high', 'critical'), alert('cpu-high', 'warning')], accuracy: 0.8 }),
    standing('c11', { alerts: [alert('cpu-high', 'warning')], lost: 4, labels: ['canary'] }),
  ],
};
const namesOf = (query: Partial<ListQuery>): string[] =>
  listed(FLEET, { sort: 'name', descending: false, ...query }).map(({ device }) => device.device);

test('devices are found by what they are, and who has no reading is last in any order', () => {
  assert.equal(namesOf({}), ['c1', 'c2', 'c10', 'c11']);
  assert.equal(namesOf({ sort: 'worst' }), ['c10', 'c11', 'c2', 'c1']);
  assert.equal(namesOf({ sort: 'accuracy' }), ['c10', 'c1', 'c2', 'c11']);
  assert.equal(namesOf({ sort: 'accuracy', descending: true }), ['c1', 'c10', 'c2', 'c11']);
  assert.equal(namesOf({ alert: 'cpu-high' }), ['c10', 'c11']);
  assert.equal(namesOf({ state: 'gone' }), ['c2']);
  assert.equal(namesOf({ text: ' DEMO/C1 ' }), ['c1', 'c10', 'c11']);
  assert.equal(namesOf({ version: '0.9', text: 'cpu' }), ['c2']);
  assert.equal(namesOf({ variant: '' }), []);
  assert.equal(
    [namesOf({ label: 'canary' }), namesOf({ text: 'canary' }), namesOf({ label: 'can' })],
    [['c11'], ['c11'], []],
  );
});

test('the fleet is counted by state, alert, version and site', () => {
  const { states, alerts, versions, sites, totals } = countsOf(FLEET);
  assert.equal([states.online, states.gone, states.stale], [3, 1, 0]);
  assert.equal(
    alerts.map(({ code, devices }) => [code, devices]),
    [
      ['temperature-high', 1],
      ['cpu-high', 2],
    ],
  );
  assert.equal(versions[0], { version: '1.0', devices: 3 });
  assert.equal(countsOf(FLEET).labels, [{ label: 'canary', devices: 1 }]);
  assert.equal(sites, [{ site: 'demo', devices: 4, online: 3, troubled: 2, crossings: null }]);
  assert.ok(Math.abs(totals.accuracy! - 0.85) < 1e-9);
  assert.equal([totals.accuracyLeast, totals.accuracyOf, totals.power, totals.lost], [0.8, 2, null, 4]);
});

test('devices that were heard are read anew, one that is new has all of them read, and so has half a minute', async () => {
  let now = 60_000;
  const asked: string[] = [];
  const store = new Map<number, FleetDevice>();
  const keep = (id: number, heardAt: number, version: string) =>
    store.set(id, { site: 'demo', id, device: `d${id}`, heardAt, version } as FleetDevice);
  const known = new KnownDevices(
    {
      devices: async () => {
        asked.push('all');
        return [...store.values()].sort((a, b) => a.device.localeCompare(b.device));
      },
      heardSince: async (since) => {
        asked.push(`since ${since}`);
        return [...store.values()].filter(({ heardAt }) => heardAt >= since);
      },
    },
    () => now,
  );
  const versions = async () => (await known.latest()).map(({ version }) => version).join(' ');
  keep(2, 50_000, 'b');
  keep(1, 60_000, 'a');
  assert.is(await versions(), 'a b');
  keep(2, 65_000, 'c');
  keep(1, 49_000, 'unseen');
  now = 65_000;
  assert.is(await versions(), 'a c');
  keep(3, 66_000, 'new');
  assert.is(await versions(), 'unseen c new');
  now = 94_999;
  await versions();
  now = 95_000;
  await versions();
  assert.equal(asked, ['all', 'since 50000', 'since 55000', 'all', 'since 55000', 'all']);
  // a collector's clock was a day fast for a moment
  keep(1, 86_400_000, 'fast');
  now = 96_000;
  assert.is(await versions(), 'fast c new');
  keep(2, 97_000, 'd');
  now = 97_000;
  assert.is(await versions(), 'fast d new');
  assert.equal(asked.slice(6), ['since 56000', 'since 86000']);
});

test.run();
