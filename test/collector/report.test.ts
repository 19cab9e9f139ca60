import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
import { awayStretches, connectedStretches, msWithin } from '../../src/collector/report/availability.js';
import { fleetReport, type ReportedDevice } from '../../src/collector/report/fleet-report.js';
import { reportCsv } from '../../src/collector/report/report-csv.js';
import { ReportMaker } from '../../src/collector/report/report-maker.js';
import { temporaryFolder } from '../temporary.js';
import { fedCollector } from './fed-collector.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const began = (receivedAt: number, endedAt: number | null) => ({ receivedAt, endedAt });

test('a device was there from birth to end, and one more birth ends nothing', () => {
  const stretches = connectedStretches([began(0, 100), began(200, null), began(300, 400), began(500, null)], 900);
  assert.equal(stretches, [
    { from: 0, to: 100 },
    { from: 200, to: 400 },
    { from: 500, to: 900 },
  ]);
  assert.is(msWithin(stretches, { from: 50, to: 600 }), 50 + 200 + 100);
  // whose end was not heard, and who is not there: it was seen at its birth alone
  assert.equal(connectedStretches([began(500, null)], 0), []);
});

test('away is what lies between, from a minute on', () => {
  const connected = [
    { from: 0, to: HOUR },
    { from: HOUR + 30_000, to: 2 * HOUR },
  ];
  assert.equal(awayStretches(connected, { from: 0, to: 3 * HOUR }), [{ from: 2 * HOUR, to: 3 * HOUR }]);
  assert.equal(awayStretches([], { from: 5, to: HOUR }), [{ from: 5, to: HOUR }]);
  assert.equal(awayStretches(connected, { from: 10, to: HOUR }), []);
});

function reported(device: string, over: Partial<ReportedDevice> = {}): ReportedDevice {
  return {
    site: 'demo',
    device,
    tenant: null,
    version: '1',
    knownMs: DAY,
    onlineMs: DAY,
    away: [],
    crossings: {},
    days: [{ from: 0, knownMs: DAY, onlineMs: DAY, crossings: 0 }],
    alerts: {},
    ...over,
  };
}

test('devices are put together, and written as a table that no spreadsheet takes for formulas', () => {
  const one = reported('a', { onlineMs: DAY / 2, away: [{ from: 0, to: DAY / 2 }], crossings: { car: 3, bus: 1 } });
  const other = reported('b', {
    version: '=1+"1"',
    tenant: 'harbour',
    crossings: { car: 2 },
    alerts: { 'cpu-high': { severity: 'warning', times: 2 }, 'camera-lost': { severity: 'critical', times: 1 } },
  });
  const report = fleetReport({ from: 0, to: DAY }, [one, other]);
  assert.equal([report.onlineShare, report.crossings], [0.75, { car: 5, bus: 1 }]);
  assert.equal(
    report.alerts.map(({ code, times, devices }) => [code, times, devices]),
    [
      ['camera-lost', 1, 1],
      ['cpu-high', 2, 1],
    ],
  );
  assert.equal(report.away, [{ site: 'demo', device: 'a', from: 0, to: DAY / 2 }]);
  assert.equal(report.tenants, [
    { tenant: '', devices: 1, crossings: 4 },
    { tenant: 'harbour', devices: 1, crossings: 2 },
  ]);
  const [head, first, second, end] = reportCsv(report).split('\r\n');
  assert.is(
    head,
    'site,device,tenant,version,known_hours,online_hours,online_share,times_away,crossings_bus,crossings_car,alerts_critical,alerts_warning,alerts_info',
  );
  assert.is(first, 'demo,a,,1,24,12,0.5,1,1,3,0,0,0');
  assert.is(second, 'demo,b,harbour,"\'=1+""1""",24,24,1,0,0,2,1,2,0');
  assert.is(end, '');
});

test('a week of a simulated fleet has every vehicle once, and when each device was away', async () => {
  const from = Date.UTC(2026, 10, 20, 6);
  const { messages, truths } = simulatedFleet({ devices: 12, hours: 5, seed: 11, from });
  const { store, feed, close } = await fedCollector(temporaryFolder('fleet-report'));
  await feed(messages);
  const counted = new Map<string, number>();
  for (const { topic, payload } of messages) {
    if (!topic.includes('/traffic/')) continue;
    const body = JSON.parse(payload) as { from: number; lines: { gate: { inbound: { car: number } } } };
    counted.set(`${topic} ${body.from}`, body.lines.gate.inbound.car);
  }
  const cars = [...counted.values()].reduce((sum, count) => sum + count, 0);
  const maker = new ReportMaker(store, () => from + 5 * HOUR);
  const week = (await maker.report({ from: Date.UTC(2026, 10, 19), days: 7 }))!;
  assert.equal([week.devices.length, week.days.length, week.crossings], [truths.length, 7, { car: cars }]);
  assert.is(
    week.days.reduce((sum, { crossings }) => sum + crossings, 0),
    cars,
  );
  for (const { device, knownMs, onlineMs, away } of week.devices) {
    const awayMs = away.reduce((sum, stretch) => sum + stretch.to - stretch.from, 0);
    assert.ok(Math.abs(knownMs - 5 * HOUR) < 120_000, `${knownMs}`);
    // what is shorter than a minute is in neither: once a birth at most
    const briefly = knownMs - onlineMs - awayMs;
    const { births } = truths.find((truth) => truth.device === device)!;
    assert.ok(briefly >= 0 && briefly < births.size * 60_000, `${device} ${briefly} ${births.size}`);
  }
  assert.ok(week.away.length > 5, `${week.away.length} times away`);
  assert.is(await maker.report({ from: Date.UTC(2026, 10, 19), days: 7 }), week);
  assert.is((await maker.report({ from: Date.UTC(2026, 10, 19), days: 7, tenant: 'nobody' }))!.devices.length, 0);
  assert.is((await maker.report({ from: Date.UTC(2026, 10, 10), days: 1 }))!.devices.length, 0);
  const many = Array.from({ length: 21 }, (_, day) => maker.report({ from: Date.UTC(2020, 0, 1 + day), days: 1 }));
  assert.equal([many[19] === null, many[20]], [false, null], 'so many may wait, and no more');
  await Promise.all(many);
  assert.ok(await maker.report({ from: Date.UTC(2020, 0, 21), days: 1 }));
  await maker.stop();
  await close();
});

test.run();
