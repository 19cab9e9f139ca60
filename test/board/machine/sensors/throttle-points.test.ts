import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { textIn } from '../../../../src/board/kernel-files.js';
import { throttlePoint, warmestOf } from '../../../../src/board/machine/heat.js';
import type { Quantity, SensorReading, SensorReadings } from '../../../../src/board/machine/sensors/sensor.js';
import { findThrottlePoints } from '../../../../src/board/machine/sensors/throttle-points.js';
import { hwmon, linux, type Zone, zones } from '../board-trees/parts.js';
import { type Files, tree } from '../trees.js';

/** °C by part. */
function points(files: Files): Record<string, number | null | undefined> {
  return Object.fromEntries(
    findThrottlePoints(tree(files)).map(({ name, file, parse }) => [name, parse(textIn(file), 0)]),
  );
}

const zone = (zone: Omit<Zone, 'temp'>) => points(zones({ soc: { temp: '50000', ...zone } }))['soc'];

test('of a zone the first passive trip point counts, in whatever order they stand', () => {
  assert.is(
    zone({
      trips: [
        ['critical', 105_000],
        ['passive', 99_000],
        ['active', 50_000],
        ['passive', 95_000],
      ],
    }),
    95,
  );
});

test('under the governor that shares out power it is the last, towards which it steers', () => {
  const trips = [
    ['passive', 75_000],
    ['passive', 85_000],
    ['critical', 115_000],
  ] as const;
  assert.is(zone({ trips, policy: 'power_allocator' }), 85);
  assert.is(zone({ trips, policy: 'step_wise' }), 75);
});

test('where nothing slows it down, the point at which the machine is warned or switched off stands for it', () => {
  assert.is(
    zone({
      trips: [
        ['active', 50_000],
        ['critical', 110_000],
      ],
    }),
    110,
  );
  assert.is(
    zone({
      trips: [
        ['critical', 115_000],
        ['hot', 90_000],
      ],
    }),
    90,
  );
});

test('trip points that nobody set, and those of fans, are none', () => {
  assert.is(
    zone({
      trips: [
        ['passive', 0],
        ['passive', -274_000],
        ['critical', 2_147_483_647],
        ['active', 60_000],
      ],
    }),
    undefined,
  );
  assert.is(zone({}), undefined);
});

test('processors and cards in hwmon slow themselves down at their critical temperature; drives are others', () => {
  const files = {
    ...hwmon(0, 'coretemp', {
      temp1_input: 50_000,
      temp1_label: 'Package id 0',
      temp1_crit: 100_000,
      temp2_input: 49_000,
    }),
    ...hwmon(1, 'nvme', { temp1_input: 40_000, temp1_crit: 84_850 }),
    ...hwmon(2, 'k10temp', { temp1_input: 40_000 }),
  };
  assert.equal(points(files), { 'coretemp Package id 0': 100 });
});

test("a Raspberry Pi's firmware begins at 80 °C, at 60 on boards with a plus, or where its settings say", () => {
  const pi = (model: string, settings = '') =>
    points({
      ...linux(4, { model, compatible: 'brcm,bcm2837' }),
      ...zones({ 'cpu-thermal': { temp: '50000', trips: [['critical', 110_000]] } }),
      ...(settings !== '' && { 'boot/config.txt': settings }),
    })['cpu-thermal'];
  assert.is(pi('Raspberry Pi 4 Model B Rev 1.4'), 80);
  assert.is(pi('Raspberry Pi 3 Model B Plus Rev 1.3'), 60);
  assert.is(pi('Raspberry Pi 3 Model B Plus Rev 1.3', 'temp_soft_limit=70\n'), 70);
  assert.is(pi('Raspberry Pi 4 Model B Rev 1.4', '#temp_limit=60\ntemp_limit=85\n'), 80);
  assert.is(pi('Raspberry Pi 5 Model B Rev 1.0', 'temp_limit=70\n  temp_limit = 65\n'), 65);
  assert.is(pi('Radxa ROCK 3A'), 110);
});

/** Readings of parts: °C now, and the point. */
function parts(parts: Readonly<Record<string, readonly [now: number | null, point: number | null]>>): SensorReadings {
  return {
    *of(quantity: Quantity): Iterable<SensorReading> {
      for (const [name, [now, point]] of Object.entries(parts)) {
        const value = quantity === 'temperature' ? now : point;
        yield { quantity, name, value, missing: null, source: 'test', rail: null };
      }
    },
  };
}

test('the point is what the warmest part would have when the first part reaches its own', () => {
  assert.is(throttlePoint(parts({ cpu: [60, 95] })), 95);
  // the graphics chip has 20 degrees left, the processor 35
  assert.is(throttlePoint(parts({ cpu: [60, 95], gpu: [55, 75] })), 80);
  assert.is(throttlePoint(parts({ cpu: [80, 95], gpu: [55, 75] })), 95);
  assert.is(throttlePoint(parts({ wifi: [70, null], cpu: [60, 95] })), 105);
});

test('where no part tells both, there is no point; parts without power do not count', () => {
  assert.is(throttlePoint(parts({})), null);
  assert.is(throttlePoint(parts({ cv0: [null, 99], soc: [50, null] })), null);
  assert.is(warmestOf(parts({ cv0: [null, 99], soc: [50, null] })), 50);
  assert.is(warmestOf(parts({ cv0: [null, 99] })), null);
});

test.run();
