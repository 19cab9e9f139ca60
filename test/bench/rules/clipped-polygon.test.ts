import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clippedPolygon } from '../../../bench/rules/clipped-polygon.js';

test('a polygon within the picture stays as it is', () => {
  const polygon = [
    [0.1, 0.1],
    [0.9, 0.2],
    [0.5, 0.8],
  ] as const;
  assert.equal(clippedPolygon(polygon), polygon);
});

test('of one that leaves the picture the part in it is kept, with its edges where they were', () => {
  const leaving = [
    [0.5, 0.5],
    [1.5, 1],
    [1.5, 0.5],
  ] as const;
  assert.equal(clippedPolygon(leaving), [
    [1, 0.5],
    [0.5, 0.5],
    [1, 0.75],
  ]);
  const around = [
    [-1, -1],
    [2, -1],
    [2, 2],
    [-1, 2],
  ] as const;
  assert.is(clippedPolygon(around).length, 4);
  assert.ok(clippedPolygon(around).every((point) => point.every((value) => value === 0 || value === 1)));
});

test('of one beside the picture nothing is left', () => {
  assert.equal(
    clippedPolygon([
      [1.1, 0.2],
      [1.5, 0.2],
      [1.5, 0.8],
    ]),
    [],
  );
});

test.run();
