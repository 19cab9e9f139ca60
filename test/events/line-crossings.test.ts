import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LineConfig } from '../../src/config/config.js';
import { LineCrossings } from '../../src/events/line-crossings.js';

/** From left to right across the middle of a picture that is half as high as wide: its left side is above. */
const gate: LineConfig = { id: 'gate', from: [0.2, 0.5], to: [0.8, 0.5], left: 'up', right: 'down' };
const MARGIN = 0.01;

/** What a vehicle's way over the gate amounts to, per point after the first. */
function along(points: readonly (readonly [number, number])[], lines = [gate]): number[] {
  const crossings = new LineCrossings(lines, 3);
  crossings.shape(0.5);
  crossings.begin(1, ...points[0]!);
  return points.slice(1).map((point, i) => crossings.step(0, 1, ...points[i]!, ...point, MARGIN));
}

test('tells the side to which a vehicle crosses, seen from one end towards the other', () => {
  assert.equal(
    along([
      [0.5, 0.3],
      [0.5, 0.2],
    ]),
    [1],
  );
  assert.equal(
    along([
      [0.5, 0.2],
      [0.5, 0.3],
    ]),
    [-1],
  );
});

test('the other way round, left and right change places', () => {
  const turned = { ...gate, from: gate.to, to: gate.from };
  assert.equal(
    along(
      [
        [0.5, 0.3],
        [0.5, 0.2],
      ],
      [turned],
    ),
    [-1],
  );
});

test('who passes beyond an end has not crossed', () => {
  assert.equal(
    along([
      [0.1, 0.3],
      [0.1, 0.2],
    ]),
    [0],
  );
  assert.equal(
    along([
      [0.9, 0.2],
      [0.9, 0.3],
    ]),
    [0],
  );
});

test('a crossing counts once the vehicle is beyond the margin, in however many steps', () => {
  assert.equal(
    along([
      [0.5, 0.28],
      [0.5, 0.253],
      [0.5, 0.247],
      [0.5, 0.243],
      [0.5, 0.23],
      [0.5, 0.2],
    ]),
    [0, 0, 0, 1, 0],
  );
});

test('a box that jitters on the line crosses once at most', () => {
  const points = Array.from({ length: 200 }, (_, i) => [0.5, 0.25 + (i % 2 ? 0.008 : -0.008)] as const);
  assert.equal(
    along([[0.5, 0.3], ...points, [0.5, 0.2]]).filter((side) => side !== 0),
    [1],
  );
  assert.equal(
    along([[0.5, 0.3], ...points, [0.5, 0.3]]).filter((side) => side !== 0),
    [],
  );
});

test('crossing there and back is two crossings', () => {
  assert.equal(
    along([
      [0.5, 0.3],
      [0.5, 0.2],
      [0.5, 0.3],
    ]),
    [1, -1],
  );
});

test('who drives round an end on the line and comes out on the other side has not crossed', () => {
  assert.equal(
    along([
      [0.75, 0.3],
      [0.78, 0.255],
      [0.85, 0.253],
      [0.85, 0.247],
      [0.75, 0.245],
      [0.75, 0.2],
    ]),
    [0, 0, 0, 0, 0],
  );
});

test('a point exactly on the line is on one side of it, not on both', () => {
  assert.equal(
    along([
      [0.5, 0.3],
      [0.5, 0.25],
      [0.5, 0.25],
      [0.5, 0.2],
    ]).filter((side) => side !== 0),
    [1],
  );
});

test('a picture of another shape has its lines elsewhere', () => {
  const crossings = new LineCrossings([gate], 1);
  crossings.shape(1);
  crossings.begin(0, 0.5, 0.3);
  assert.is(crossings.step(0, 0, 0.5, 0.3, 0.5, 0.2, MARGIN), 0);
  assert.is(crossings.step(0, 0, 0.5, 0.2, 0.5, 0.6, MARGIN), -1);
});

test.run();
