import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TemperatureReadings } from '../../../../src/tune/control/thermal/temperature-readings.js';

test('sentinels and broken numbers are no temperatures', () => {
  const readings = new TemperatureReadings();
  const read = (celsius: number | null) => readings.read(celsius, null, 0);
  assert.equal([-256, Number.NaN, 200, null, 45].map(read), [null, null, null, null, 45]);
});

test('a jump counts when the next reading confirms it', () => {
  const readings = new TemperatureReadings();
  assert.is(readings.read(45, null, 0), 45);
  assert.is(readings.read(90, null, 2000), null);
  assert.is(readings.read(46, null, 4000), 46);
  assert.is(readings.read(90, null, 6000), null);
  assert.is(readings.read(88, null, 8000), 88);
});

test('a value that stays the very same while the board must have warmed is a sensor that hangs', () => {
  const readings = new TemperatureReadings();
  for (let s = 0; s <= 600; s += 5) assert.is(readings.read(50, 10, s * 1000), 50);
  assert.is(readings.read(50, 14, 605_000), null);
  assert.is(readings.isStuck, true);
  assert.is(readings.read(50.5, 14, 610_000), 50.5);
  assert.is(readings.isStuck, false);
});

test('a board that keeps its temperature is no sensor that hangs', () => {
  const readings = new TemperatureReadings();
  for (let s = 0; s <= 7200; s += 5) assert.is(readings.read(50, 10, s * 1000), 50);
});

test.run();
