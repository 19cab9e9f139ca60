import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type VehicleEvent, VehicleEvents, type VehicleEventsOptions } from '../../src/events/vehicle-events.js';
import { STRIDE } from '../../src/frame/detections.js';
import { resultOf, type Sighting } from '../answer/sightings.js';

const classes = ['car', 'bus'];
const gate = { id: 'gate', from: [0.5, 0] as [number, number], to: [0.5, 1] as [number, number] };
const lines = [{ ...gate, left: 'east', right: 'west' }];
const zones = [
  {
    id: 'stop',
    polygon: [
      [0.6, 0.2],
      [0.8, 0.2],
      [0.8, 1],
      [0.6, 1],
    ] as [number, number][],
  },
];

const made = (options: Partial<VehicleEventsOptions> = {}) => new VehicleEvents({ classes, lines, zones, ...options });

/** Events of a vehicle's way, a frame each 100 ms; null: it is not seen. */
function along(events: VehicleEvents, way: readonly (Sighting | null)[]): VehicleEvent[] {
  return way.flatMap((sighting, i) => [...events.push(resultOf(sighting ? [sighting] : []), i * 100)]);
}

/** `kind` and what belongs to it, the vehicle left out. */
const brief = (events: readonly VehicleEvent[]) => events.map(({ vehicle: _, ...rest }) => rest);

/** From left to right through the whole picture, 2 m of pixels a frame. */
const through = (id: number, index = 0): Sighting[] =>
  Array.from({ length: 51 }, (_, i) => ({ id, x: i * 20, y: 300, class: index }));

const gone = (frames: number): null[] => Array.from({ length: frames }, () => null);

test('a vehicle appears once, with its class and its place', () => {
  const events = along(made(), [
    { id: 7, x: 200, y: 300, class: 1 },
    { id: 7, x: 210, y: 300, class: 1 },
  ]);
  assert.equal(events, [
    { kind: 'appeared', vehicle: { trackId: 7, class: 'bus', score: Math.fround(0.9), box: [150, 200, 250, 300] } },
  ]);
});

test('one that is not seen for a second and a half has left: how long it was seen, where first and where last', () => {
  const vehicles = made();
  const events = along(vehicles, [{ id: 7, x: 200, y: 300 }, { id: 7, x: 240, y: 300 }, ...gone(15)]);
  assert.equal(events.at(-1), {
    kind: 'left',
    vehicle: { trackId: 7, class: 'car', score: Math.fround(0.9), box: [190, 200, 290, 300] },
    seenMs: 100,
    firstBox: [150, 200, 250, 300],
  });
  assert.is(vehicles.size, 0);
});

test('one that is hidden for a second has not left', () => {
  const vehicles = made();
  along(vehicles, [{ id: 7, x: 200, y: 300 }, ...gone(10), { id: 7, x: 200, y: 300 }, ...gone(10)]);
  assert.equal([vehicles.size, vehicles.seen], [1, 1]);
});

test('at a camera with a frame every ten seconds one leaves after three frames', () => {
  const vehicles = made();
  vehicles.push(resultOf([{ id: 1, x: 200, y: 300 }]), 0);
  assert.equal(vehicles.push(resultOf([]), 10_000), []);
  assert.equal(vehicles.push(resultOf([]), 20_000), []);
  assert.equal(
    vehicles.push(resultOf([]), 30_000).map(({ kind }) => kind),
    ['left'],
  );
});

test('a way through the picture: appeared, crossed, entered, exited, left', () => {
  assert.equal(brief(along(made(), [...through(1), ...gone(15)])), [
    { kind: 'appeared' },
    { kind: 'crossed', line: 'gate', direction: 'east', total: 1 },
    { kind: 'entered', zone: 'stop', occupancy: 1 },
    { kind: 'exited', zone: 'stop', occupancy: 0, stayedMs: 1000 },
    { kind: 'left', seenMs: 5000, firstBox: [-50, 200, 50, 300] },
  ]);
});

test('a vehicle that vanishes in a zone exits it when it leaves, since it was last seen', () => {
  const events = along(made(), [{ id: 1, x: 700, y: 300 }, { id: 1, x: 720, y: 300 }, ...gone(20)]);
  assert.equal(brief(events), [
    { kind: 'appeared' },
    { kind: 'entered', zone: 'stop', occupancy: 1 },
    { kind: 'exited', zone: 'stop', occupancy: 0, stayedMs: 100 },
    { kind: 'left', seenMs: 100, firstBox: [650, 200, 750, 300] },
  ]);
});

test('a box that reaches below the picture is in a zone at its edge', () => {
  const events = along(made(), [{ id: 1, x: 700, y: 540 }]);
  assert.equal(
    events.map(({ kind }) => kind),
    ['appeared', 'entered'],
  );
});

test('a bus that waits in the zone stops and moves on', () => {
  const waiting = Array.from({ length: 40 }, (): Sighting => ({ id: 1, x: 700, y: 300, class: 1 }));
  const driving = Array.from({ length: 20 }, (_, i): Sighting => ({ id: 1, x: 700 + 20 * i, y: 300, class: 1 }));
  const kinds = along(made(), [...waiting, ...driving]).map(({ kind }) => kind);
  assert.equal(kinds, ['appeared', 'entered', 'stopped', 'moved', 'exited']);
});

test('boxes that jitter tell of nothing but their being there', () => {
  const vehicles = made({ stopAfterMs: 3000 });
  const shaken = Array.from({ length: 600 }, (_, i): Sighting => {
    const [dx, dy] = [Math.sin(i * 12.9898) * 4, Math.sin(i * 78.233) * 4];
    return { id: 1, x: 500 + dx, y: 300 + dy, width: 100 + dx, height: 100 + dy };
  });
  assert.equal(
    along(vehicles, shaken).map(({ kind }) => kind),
    ['appeared', 'stopped'],
  );
});

test('counts now are those of the latest result, totals are by line, direction and class', () => {
  const vehicles = made();
  const back = [...through(3)].reverse();
  along(vehicles, [...through(1), ...through(2, 1), ...back, ...through(4)]);
  assert.equal([...vehicles.counts], [1, 0]);
  assert.equal(
    [...vehicles.totals.crossings()],
    [
      ['gate', 'east', 'car', 2],
      ['gate', 'east', 'bus', 1],
      ['gate', 'west', 'car', 1],
    ],
  );
  assert.equal([...vehicles.totals.entries()], [['stop', 4]]);
  assert.equal([...vehicles.occupancy()], [['stop', 0]]);
  assert.is(vehicles.seen, 4);
});

test('a second box with the same number in a frame is not looked at', () => {
  const vehicles = made();
  const both = resultOf([
    { id: 0, x: 100, y: 300 },
    { id: 0, x: 900, y: 300 },
  ]);
  for (let frame = 0; frame < 20; frame++) vehicles.push(both, frame * 40);
  assert.equal([...vehicles.totals.crossings()], []);
  assert.equal([...vehicles.counts], [2, 0]);
});

test('time that goes back stands still', () => {
  const vehicles = made();
  vehicles.push(resultOf([{ id: 1, x: 700, y: 300 }]), 3_600_000);
  for (let frame = 0; frame < 10; frame++) vehicles.push(resultOf([]), frame * 100);
  assert.is(vehicles.size, 1);
  for (let frame = 10; frame < 20; frame++) vehicles.push(resultOf([]), frame * 100);
  assert.is(vehicles.size, 0);
});

test('of more vehicles than it may follow it forgets those that it has not seen for longest', () => {
  const vehicles = made({ maxVehicles: 2 });
  vehicles.push(resultOf([{ id: 1, x: 700, y: 300 }]), 0);
  vehicles.push(resultOf([{ id: 2, x: 100, y: 300 }]), 40);
  vehicles.push(resultOf([{ id: 3, x: 120, y: 300 }]), 80);
  assert.equal([vehicles.size, vehicles.forgotten], [2, 1]);
  assert.equal([...vehicles.occupancy()], [['stop', 0]]);
  assert.equal(brief(vehicles.push(resultOf([{ id: 2, x: 110, y: 300 }]), 120)), []);
});

test('a million vehicles leave what is kept as small as ten did', () => {
  const vehicles = made();
  const sizes: number[] = [];
  let left = 0;
  // ten lanes; every vehicle is seen in three frames, half a second apart, the second time in the zone
  const result = resultOf(Array.from({ length: 10 }, (_, lane) => ({ id: 0, x: 0, y: 120 + 40 * lane })));
  const { data } = result.detections;
  for (let frame = 0; frame < 300_000; frame++) {
    const x = [100, 700, 900][frame % 3]!;
    for (let lane = 0; lane < 10; lane++) {
      result.trackIds[lane] = Math.floor(frame / 3) * 10 + lane;
      data[lane * STRIDE] = x - 50;
      data[lane * STRIDE + 2] = x + 50;
    }
    for (const { kind } of vehicles.push(result, frame * 500)) if (kind === 'left') left++;
    if (frame % 30_000 === 100) sizes.push(vehicles.size);
  }
  assert.is(vehicles.seen, 1_000_000);
  assert.is(left, 1_000_000 - vehicles.size);
  assert.equal(
    sizes,
    Array.from({ length: 10 }, () => 20),
  );
  assert.is(vehicles.forgotten, 0);
  assert.equal([...vehicles.totals.crossings()], [['gate', 'east', 'car', 1_000_000]]);
  assert.equal([...vehicles.totals.entries()], [['stop', 1_000_000]]);
});

test('counts go on when there are more classes, each in its own place', () => {
  const vehicles = made();
  along(vehicles, [...through(7, 1), ...gone(20)]);
  vehicles.extend(['car', 'bus', 'bicycle']);
  for (const [i, sighting] of through(8, 2).entries()) vehicles.push(resultOf([sighting]), 10_000 + i * 100);
  assert.equal(
    [...vehicles.totals.crossings()],
    [
      ['gate', 'east', 'bus', 1],
      ['gate', 'east', 'bicycle', 1],
    ],
  );
  assert.equal([...vehicles.counts], [0, 0, 1]);
});

/** A vehicle that stands, in the pictures of a camera that sways. @param tells whether its answers say how far */
function standing(x: number, y: number, tells: boolean): VehicleEvent[] {
  const vehicles = made();
  return Array.from({ length: 60 }, (_, i) => {
    const swayed = { x: 40 * Math.sin(i / 3), y: 10 * Math.cos(i / 2), turn: 0.02 * Math.sin(i / 4), growth: 0 };
    const [right, below] = [x - 500, y - 50 - 250];
    const shown = { id: 1, x: x + swayed.x - swayed.turn * below, y: y + swayed.y + swayed.turn * right };
    return vehicles.push({ ...resultOf([shown]), ...(tells && { swayed }) }, i * 100);
  }).flat();
}

test('one that stands beside a line, or at the border of a zone, stays there however the camera sways', () => {
  const kinds = (events: readonly VehicleEvent[]) => [...new Set(events.map(({ kind }) => kind))].sort();
  assert.ok(kinds(standing(490, 300, false)).includes('crossed'));
  assert.equal(kinds(standing(490, 300, true)), ['appeared', 'stopped']);
  assert.ok(kinds(standing(610, 300, false)).includes('exited'));
  assert.equal(kinds(standing(610, 300, true)), ['appeared', 'entered', 'stopped']);
});

test('what is told of it lies where the picture shows it', () => {
  const result = { ...resultOf([{ id: 1, x: 240, y: 300 }]), swayed: { x: 40, y: 0, turn: 0, growth: 0 } };
  assert.equal(made().push(result, 0)[0]!.vehicle.box, [190, 200, 290, 300]);
});

test.run();
