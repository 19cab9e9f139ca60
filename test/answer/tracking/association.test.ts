import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assign } from '../../../src/answer/tracking/assignment.js';
import { associate } from '../../../src/answer/tracking/association.js';
import { Track } from '../../../src/answer/tracking/track.js';
import type { Detections } from '../../../src/frame/detections.js';

type Row = readonly [x1: number, y1: number, x2: number, y2: number, score: number, classIndex?: number];
const SIZE = { width: 1000, height: 500 };

const rowsOf = (rows: readonly Row[]): Detections => ({
  count: rows.length,
  data: Float32Array.from(rows.flatMap((row) => [...row.slice(0, 5), row[5] ?? 0])),
});

/** Vehicles seen often before, at these places, and what is detected now; boxes from 0.35 up are sure. */
function rowOf(places: readonly Row[], detected: readonly Row[], hits = 10): { rows: number[]; taken: number[] } {
  const { data } = rowsOf(places);
  const boxes = new Float32Array(places.length * 4);
  const tracks = places.map((_, i) => {
    const track = new Track(i + 1, data, i * 6, 3, SIZE);
    track.hits = hits;
    track.box(boxes, i * 4);
    return track;
  });
  const { rows, taken } = associate(tracks, boxes, rowsOf(detected), (_, score) => score >= 0.35);
  return { rows: [...rows], taken: [...taken] };
}

test('a weak box keeps a vehicle that is known', () => {
  assert.equal(rowOf([[100, 100, 200, 160, 0.8]], [[104, 100, 204, 160, 0.15]]), { rows: [0], taken: [1] });
});

test('a weak box far from any vehicle is nobody’s', () => {
  assert.equal(rowOf([[100, 100, 200, 160, 0.8]], [[400, 100, 500, 160, 0.15]]), { rows: [-1], taken: [0] });
});

test('a sure box comes before a weak one that fits better', () => {
  const detected: Row[] = [
    [101, 100, 201, 160, 0.2],
    [125, 100, 225, 160, 0.7],
  ];
  assert.equal(rowOf([[100, 100, 200, 160, 0.8]], detected), { rows: [1], taken: [0, 1] });
});

test('a weak box must fit better than a sure one need', () => {
  const place: Row = [100, 100, 200, 160, 0.8];
  assert.equal(rowOf([place], [[145, 100, 245, 160, 0.7]]).rows, [0]);
  assert.equal(rowOf([place], [[145, 100, 245, 160, 0.2]]).rows, [-1]);
});

test('vehicles that pass each other are paired so that all fit, not the best pair first', () => {
  const places: Row[] = [
    [0, 100, 100, 160, 0.8],
    [30, 100, 130, 160, 0.8],
  ];
  const detected: Row[] = [
    [25, 100, 125, 160, 0.8],
    [45, 100, 145, 160, 0.8],
  ];
  assert.equal(rowOf(places, detected).rows, [0, 1]);
});

test('of two boxes at one place the one of the same class is the vehicle’s', () => {
  const detected: Row[] = [
    [100, 100, 200, 160, 0.9, 1],
    [102, 100, 202, 160, 0.5, 0],
  ];
  assert.equal(rowOf([[100, 100, 200, 160, 0.8, 0]], detected), { rows: [1], taken: [0, 1] });
});

test('a vehicle is kept though it is taken for another class', () => {
  assert.equal(rowOf([[100, 100, 200, 160, 0.8, 0]], [[100, 100, 200, 160, 0.8, 1]]).rows, [0]);
});

test('a vehicle seen once may have moved by its length; not one whose speed is known, nor to a box of another size', () => {
  const place: Row = [100, 100, 200, 160, 0.8];
  const ahead: Row = [185, 100, 285, 160, 0.8];
  assert.equal(rowOf([place], [ahead], 1).rows, [0]);
  assert.equal(rowOf([place], [ahead], 10).rows, [-1]);
  assert.equal(rowOf([place], [[185, 100, 225, 124, 0.8]], 1).rows, [-1]);
});

test('with nothing on one side nobody is paired', () => {
  assert.equal(rowOf([], [[100, 100, 200, 160, 0.8]]), { rows: [], taken: [0] });
  assert.equal(rowOf([[100, 100, 200, 160, 0.8]], []), { rows: [-1], taken: [] });
});

test('the assignment is the best of all of them, whatever the numbers of rows and columns', () => {
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let round = 0; round < 300; round++) {
    const [height, width] = [1 + Math.floor(random() * 5), 1 + Math.floor(random() * 5)];
    const values = Array.from({ length: height }, () =>
      Float64Array.from({ length: width }, () => (random() < 0.4 ? 0 : random())),
    );
    const columns = assign(values);
    const used = [...columns].filter((column) => column >= 0);
    assert.is(new Set(used).size, used.length);
    const sum = columns.reduce((total, column, row) => total + (column < 0 ? 0 : values[row]![column]!), 0);
    assert.ok(Math.abs(sum - best(values, 0, 0)) < 1e-9, `${sum} of ${best(values, 0, 0)} in ${height} × ${width}`);
  }
});

/** By trying all. */
function best(values: readonly Float64Array[], row: number, used: number): number {
  if (row === values.length) return 0;
  let most = best(values, row + 1, used);
  for (const [column, value] of values[row]!.entries()) {
    if (used & (1 << column)) continue;
    most = Math.max(most, value + best(values, row + 1, used | (1 << column)));
  }
  return most;
}

test.run();
