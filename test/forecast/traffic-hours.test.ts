import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trafficHours } from '../../src/forecast/traffic-hours.js';
import type { TrafficInterval } from '../../src/store/traffic-counts.js';

const TEN = Date.parse('2026-11-26T10:00:00Z');
const HOUR = 3_600_000;
const HALF_HOUR = 1800;

function interval(from: number, cars: number, coveredMs = HALF_HOUR * 1000): TrafficInterval {
  const zones = { yard: { entered: { bus: 1 }, exited: {}, dwellMs: 0, vehicleMs: 0, maxOccupancy: 1 } };
  const counts = { lines: { gate: { in: { car: cars }, out: {} } }, zones };
  return { camera: 'north', from, intervalS: HALF_HOUR, part: 1, coveredMs, leftOut: 0, counts };
}

test('the vehicles of each whole hour are added up by line, direction and zone; the hour that runs is left out', () => {
  const places = trafficHours(
    [interval(TEN, 3), interval(TEN + HOUR / 2, 4), interval(TEN + HOUR, 9)],
    TEN + HOUR + HOUR / 2,
  );
  assert.equal(
    places.map(({ camera, place, direction, series }) => [
      camera,
      place,
      direction,
      series.from,
      [...Array.from(series.values)],
    ]),
    [
      ['north', 'gate', 'in', TEN, [7]],
      ['north', 'gate', 'out', TEN, [0]],
      ['north', 'yard', 'entered', TEN, [2]],
    ],
  );
});

test('an hour that was seen in part counts for like in the rest, and is missing where less than half was seen', () => {
  const [gate] = trafficHours(
    [
      interval(TEN, 6, 900_000),
      interval(TEN + HOUR / 2, 6),
      interval(TEN + HOUR, 6, 60_000),
      interval(TEN + 2 * HOUR, 5),
      interval(TEN + 2.5 * HOUR, 5),
    ],
    TEN + 3 * HOUR,
  );
  assert.equal(Array.from(gate!.series.values), [16, Number.NaN, 10]);
});

test.run();
