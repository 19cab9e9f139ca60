import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VehicleEvents } from '../../src/events/vehicle-events.js';
import type { Origin } from '../../src/frame/frame-result.js';
import { resultOf, type Sighting } from '../answer/sightings.js';

const made = () =>
  new VehicleEvents({
    classes: ['car', 'bus'],
    lines: [{ id: 'gate', from: [0.5, 0], to: [0.5, 1], left: 'east', right: 'west' }],
    zones: [],
  });

type Step = readonly [origin: Origin, ...vehicles: Sighting[]];

/** Crossings on a way, an answer each 100 ms. */
const crossings = (events: VehicleEvents, way: readonly Step[]) =>
  way.flatMap(([origin, ...vehicles], i) =>
    events
      .push({ ...resultOf(vehicles), origin }, i * 100)
      .flatMap((event) => (event.kind === 'crossed' ? [[event.vehicle.trackId, event.direction, event.total]] : [])),
  );

/** From a place on, 20 px of 1000 an answer. */
const driving = (id: number, x: number, steps: number, change: Partial<Sighting> = {}): Step[] =>
  Array.from({ length: steps }, (_, i) => ['inferred', { id, x: x + i * 20, y: 300, ...change }]);

const nobody = (origin: Origin, steps: number): Step[] => Array.from({ length: steps }, () => [origin]);

test('one that came into view between two looks has crossed what lies between', () => {
  const way = [...nobody('inferred', 1), ...nobody('propagated', 14), ...driving(1, 600, 10)];
  assert.equal(crossings(made(), way), [[1, 'east', 1]]);
});

test('one that stands where it appeared has crossed nothing', () => {
  const standing: Step[] = Array.from({ length: 10 }, () => ['inferred', { id: 1, x: 600, y: 300 }]);
  assert.equal(crossings(made(), [...nobody('inferred', 1), ...nobody('propagated', 14), ...standing]), []);
});

test('where the look before was a moment ago, one that begins behind a line has not crossed it', () => {
  assert.equal(crossings(made(), [...nobody('inferred', 15), ...driving(1, 600, 10)]), []);
});

test('a picture known to show the same as before is a look', () => {
  const way = [...nobody('inferred', 1), ...nobody('reused-memory', 14), ...driving(1, 600, 10)];
  assert.equal(crossings(made(), way), []);
});

test('a track that ends before a line and one that begins behind it are one vehicle', () => {
  const way = [...driving(1, 300, 9), ...nobody('inferred', 3), ...driving(2, 540, 30)];
  assert.equal(crossings(made(), way), [[2, 'east', 1]]);
});

test('one that crossed before its track ended is not counted again when another goes on for it', () => {
  const way = [...driving(1, 300, 13), ...nobody('propagated', 3), ...driving(2, 620, 30)];
  assert.equal(crossings(made(), way), [[1, 'east', 1]]);
});

test('a much larger one is another vehicle, and so is one that appears where nobody was going', () => {
  const larger = [...driving(1, 300, 9), ...nobody('inferred', 3), ...driving(2, 540, 30, { width: 200, height: 250 })];
  assert.equal(crossings(made(), larger), []);
  const elsewhere = [...driving(1, 300, 9), ...nobody('inferred', 3), ...driving(2, 700, 15)];
  assert.equal(crossings(made(), elsewhere), []);
});

test.run();
