import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Resolution } from '../../../src/store/series/resolutions.js';
import { Rollup, type SeriesRow } from '../../../src/store/series/rollup.js';
import type { SeriesPoint } from '../../../src/store/series/series-point.js';
import { Histogram } from '../../../src/telemetry/metrics/histogram.js';
import { histogramReading, measured, reading } from './measured.js';

/** A full hour in Unix ms. */
const T = 500_000 * 3_600_000;

interface Told {
  readonly stepMs: Resolution;
  readonly t: number;
  readonly rows: readonly SeriesRow[];
}

function rollup() {
  const told: Told[] = [];
  const it = new Rollup((stepMs, t, rows) => told.push({ stepMs, t, rows }));
  const points = (stepMs: Resolution, name: string): SeriesPoint[] =>
    told
      .filter((step) => step.stepMs === stepMs)
      .flatMap(({ rows }) => rows.filter((row) => row.name === name).map(({ point }) => point));
  return { it, told, points };
}

test('readings of a gauge become points of 10 s, 1 min and 1 h', () => {
  const { it, points } = rollup();
  for (let s = 0; s <= 3600; s++) it.sample(measured(reading('load', s % 10)), s * 1000, T + s * 1000);
  const tens = points(10_000, 'load.north');
  assert.is(tens.length, 360);
  assert.equal(tens[0], { t: T, min: 0, mean: 4.5, max: 9, p95: 9, count: 10 });
  const minutes = points(60_000, 'load.north');
  assert.is(minutes.length, 60);
  assert.is(minutes[1]!.t, T + 60_000);
  const [hour, ...more] = points(3_600_000, 'load.north');
  assert.equal(more, []);
  assert.equal({ ...hour, p95: null }, { t: T, min: 0, mean: 4.5, max: 9, p95: null, count: 3600 });
  assert.ok(Math.abs(hour!.p95 - 9) <= 0.09);
});

test('the finer steps that end with a coarser one are told before it, all series together', () => {
  const { it, told } = rollup();
  it.sample(measured(reading('load', 1), reading('heat', 40, { camera: 'south', unit: '°C' })), 0, T + 3_590_000);
  it.advance(T + 3_600_000);
  assert.equal(
    told.map(({ stepMs, t, rows }) => [stepMs, t, rows.map(({ name }) => name)]),
    [
      [10_000, T + 3_590_000, ['load.north', 'heat.south']],
      [60_000, T + 3_540_000, ['load.north', 'heat.south']],
      [3_600_000, T, ['load.north', 'heat.south']],
    ],
  );
  const { point, ...key } = told[0]!.rows[1]!;
  assert.is(point.mean, 40);
  assert.equal(key, { name: 'heat.south', metric: 'heat', labels: { camera: 'south' }, unit: '°C', kind: 'gauge' });
});

test('what has no reading for a whole step has no point in it, and others go on', () => {
  const { it, points } = rollup();
  for (let s = 0; s <= 60; s++) {
    const isThere = s < 10 || s >= 35;
    it.sample(measured(reading('load', isThere ? 5 : null), reading('heat', 40)), s * 1000, T + s * 1000);
  }
  assert.equal(
    points(10_000, 'load.north').map(({ t, count }) => [t - T, count]),
    [
      [0, 10],
      [30_000, 5],
      [40_000, 10],
      [50_000, 10],
    ],
  );
  assert.is(points(10_000, 'heat.north').length, 6);
  assert.equal(points(60_000, 'load.north'), [{ t: T, min: 5, mean: 5, max: 5, p95: 5, count: 35 }]);
});

test('a counter is kept as its growth per second, in that unit', () => {
  const { it, points, told } = rollup();
  const frames = (value: number) => measured(reading('frames', value, { type: 'counter', unit: 'frames' }));
  for (let s = 0; s <= 10; s++) it.sample(frames(1_000_000 + 25 * s), s * 1000, T + s * 1000);
  assert.equal(points(10_000, 'frames.north'), [{ t: T, min: 25, mean: 25, max: 25, p95: 25, count: 9 }]);
  assert.is(told[0]!.rows[0]!.unit, 'frames/s');
  assert.is(told[0]!.rows[0]!.kind, 'rate');
});

test('a histogram is kept as what it observed: every observation counts, not every second', () => {
  const { it, points } = rollup();
  const histogram = new Histogram();
  const look = (s: number) =>
    it.sample({ readings: [], histograms: [histogramReading('latency', histogram)] }, s * 1000, T + s * 1000);
  for (let i = 0; i < 90; i++) histogram.observe(10);
  look(1);
  for (let i = 0; i < 10; i++) histogram.observe(100);
  look(2);
  look(9);
  look(10);
  look(20);
  const [point, ...more] = points(10_000, 'latency.north');
  assert.equal(more, []);
  assert.is(point!.count, 100);
  assert.is(point!.mean, 19);
  assert.ok(Math.abs(point!.min / 10 - 1) < 0.045 && Math.abs(point!.max / 100 - 1) < 0.045);
  assert.ok(Math.abs(point!.p95 / 100 - 1) < 0.055);
});

test('a histogram that began anew, or is not there, has no observations then', () => {
  const { it, points } = rollup();
  const before = new Histogram();
  for (let i = 0; i < 5; i++) before.observe(10);
  const look = (histogram: Histogram | null, s: number) =>
    it.sample({ readings: [], histograms: [histogramReading('latency', histogram)] }, s * 1000, T + s * 1000);
  look(before, 0);
  look(null, 10);
  look(new Histogram(), 11);
  look(new Histogram(), 20);
  assert.equal(
    points(10_000, 'latency.north').map(({ count }) => count),
    [5],
  );
});

test('a clock that jumps ends the open steps where they are, and leaves a gap or tells of a step again', () => {
  const { it, points } = rollup();
  it.sample(measured(reading('load', 1)), 0, T);
  it.sample(measured(reading('load', 2)), 1000, T + 7_200_000);
  it.sample(measured(reading('load', 3)), 2000, T + 2000);
  it.advance(T + 10_000);
  assert.equal(
    points(10_000, 'load.north').map(({ t, mean }) => [t - T, mean]),
    [
      [0, 1],
      [7_200_000, 2],
      [0, 3],
    ],
  );
});

test('after a stop the open minute and hour go on from the finer points', () => {
  const first = rollup();
  for (let s = 0; s < 45; s++) first.it.sample(measured(reading('load', 10)), s * 1000, T + s * 1000);
  first.it.end();
  assert.is(first.points(10_000, 'load.north').length, 5);
  assert.equal(first.points(60_000, 'load.north'), [], 'the minute is not over');
  const [row] = first.told[0]!.rows;
  const { point: _, ...key } = row!;
  const second = rollup();
  for (const point of first.points(10_000, 'load.north')) second.it.resume(key, 60_000, point);
  for (let s = 50; s <= 60; s++) second.it.sample(measured(reading('load', 20)), s * 1000, T + s * 1000);
  const [minute] = second.points(60_000, 'load.north');
  assert.is(minute!.count, 55);
  assert.is(minute!.min, 10);
  assert.is(minute!.max, 20);
  assert.is(Math.round(minute!.mean * 55), 650);
});

test.run();
