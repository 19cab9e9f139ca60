import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deadBandOf, isNews } from '../../../src/telemetry/metrics/dead-bands.js';

const gauge = (unit: string) => ({ type: 'gauge' as const, unit });

test('a value is news where it changed by 5 %, and by more where the unit is never still', () => {
  const memory = deadBandOf('resident_memory.main', gauge('bytes'), {});
  assert.equal([isNews(104, 100, memory), isNews(106, 100, memory), isNews(0, 0, memory)], [false, true, false]);
  const temperature = deadBandOf('temperature.soc', gauge('°C'), {});
  assert.equal([isNews(22, 20, temperature), isNews(23, 20, temperature)], [false, true]);
});

test('of what is counted the first few are news, later ones by the twentieth', () => {
  const dropped = deadBandOf('mqtt_dropped.refused', { type: 'counter', unit: 'messages' }, {});
  assert.equal([isNews(1, 0, dropped), isNews(2, 1, dropped)], [true, true]);
  assert.equal([isNews(105, 100, dropped), isNews(106, 100, dropped)], [false, true]);
});

test('the configuration overrides a metric, or all of one family, and 0 makes every change news', () => {
  const overrides = { vehicles: 5, 'vehicles.north': 0 };
  assert.equal(deadBandOf('vehicles.north', gauge('vehicles'), overrides), { least: 0, share: 0 });
  assert.equal(deadBandOf('vehicles.south', gauge('vehicles'), overrides), { least: 5, share: 0 });
  assert.equal(deadBandOf('constructor', gauge('ms'), overrides), { least: 2, share: 0.05 });
});

test.run();
