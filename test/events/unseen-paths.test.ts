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

test('a parked car whose track begins anew again and again beside a line has crossed nothing', () => {
  // 4 px of 100 to the left or right, whatever the detector makes of it
  const wavering = [0, 3, -2, 4, -4, 2, 4, 0, 1, 4];
  const stay = (id: number): Step[] => [
    ...wavering.map((by): Step => ['inferred', { id, x: 506 + by, y: 300 }]),
    ...nobody('propagated', 25),
  ];
  assert.equal(crossings(made(), [1, 2, 3, 4, 5].flatMap(stay)), []);
});

test('one that comes out from behind another does not drive, however its box grows', () => {
  const grown = Array.from({ length: 20 }, (_, i) => Math.min(100, 30 + 14 * i));
  const out = grown.map((width): Step => ['inferred', { id: 1, x: 510 + width / 2, y: 300, width }]);
  assert.equal(crossings(made(), [...nobody('inferred', 1), ...nobody('propagated', 14), ...out]), []);
});

test('one that stops on a line and is found again there under another number has crossed it once when it drives on', () => {
  const there = (id: number, x: number): Step[] => Array.from({ length: 10 }, () => ['inferred', { id, x, y: 300 }]);
  const stopping = [...driving(1, 300, 10), ...there(1, 497), ...nobody('inferred', 3)];
  assert.equal(crossings(made(), [...stopping, ...there(2, 503), ...there(2, 503), ...driving(2, 523, 10)]), [
    [2, 'east', 1],
  ]);
  const turning = driving(2, 343, 9).reverse();
  assert.equal(crossings(made(), [...stopping, ...there(2, 503), ...there(2, 503), ...turning]), []);
});

test('one that goes on for another that was seen last long before is not traced back as well', () => {
  const way = [...driving(1, 300, 9), ...nobody('propagated', 12), ...driving(2, 300 + 20 * 21, 30)];
  assert.equal(crossings(made(), way), [[2, 'east', 1]]);
});

test('of two tracks that end before a line, one that begins behind it goes on for one', () => {
  const both = driving(1, 300, 9).map(([origin, vehicle]): Step => [origin, vehicle!, { ...vehicle!, id: 2, y: 310 }]);
  const way = [...both, ...nobody('inferred', 3), ...driving(3, 540, 30)];
  assert.equal(crossings(made(), way), [[3, 'east', 1]]);
});

test('one that was believed to be farther than it is has not crossed back', () => {
  const way = [...driving(1, 300, 13), ...nobody('inferred', 3), ...driving(2, 470, 1), ...driving(2, 475, 30)];
  assert.equal(
    crossings(made(), way).filter(([, direction]) => direction === 'west'),
    [],
  );
});

test.run();
