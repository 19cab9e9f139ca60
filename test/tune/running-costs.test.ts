import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunningCosts } from '../../src/tune/running-costs.js';

const HOUR_MS = 3_600_000;

test('energy and bytes are added up, and each costs what it costs', () => {
  const costs = new RunningCosts({ costPerKwh: 0.4, costPerGb: 5 });
  for (let now = 0; now <= 10 * HOUR_MS; now += 5000) costs.see(now, 20, 1e6 * (now / HOUR_MS));
  assert.ok(Math.abs(costs.wattHours! - 200) < 1e-6, `${costs.wattHours}`);
  // 0.2 kWh at 0.4, 10 MB at 5 a GB
  assert.ok(Math.abs(costs.cost! - 0.13) < 1e-9, `${costs.cost}`);
});

test('where nothing tells of the power there is no energy, and where nothing has a price no cost', () => {
  const blind = new RunningCosts({ costPerKwh: 0.4, costPerGb: 0 });
  blind.see(0, null, 1e6);
  blind.see(5000, null, 2e6);
  assert.equal([blind.wattHours, blind.cost], [null, null]);
  const free = new RunningCosts({ costPerKwh: 0, costPerGb: 0 });
  free.see(0, 20, 1e6);
  free.see(5000, 20, 2e6);
  assert.is(free.cost, null);
});

test('a day like the last hour: what was sent before does not count, and a count that began anew is none', () => {
  const costs = new RunningCosts({ costPerKwh: 0, costPerGb: 0 });
  costs.see(0, null, 0);
  costs.see(60_000, null, 5e6);
  assert.is(costs.bytesPerDay, null);
  for (let minute = 2; minute <= 70; minute++) costs.see(minute * 60_000, null, 5e6 + 1000 * minute);
  assert.is(Math.round(costs.bytesPerDay!), 1000 * 60 * 24);
  costs.see(71 * 60_000, null, 100);
  assert.is(costs.bytesPerDay, null);
  costs.see(72 * 60_000, null, null);
  assert.is(costs.bytesPerDay, null);
});

test('for an hour without readings nothing is assumed', () => {
  const costs = new RunningCosts({ costPerKwh: 1, costPerGb: 0 });
  costs.see(0, 10, null);
  costs.see(HOUR_MS, 10, null);
  assert.is(costs.wattHours, 0);
  costs.see(HOUR_MS + 36_000, 10, null);
  assert.ok(Math.abs(costs.wattHours! - 0.1) < 1e-9);
});

test.run();
