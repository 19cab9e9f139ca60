import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Polygon } from '../../src/config/config.js';
import { inside } from '../../src/frame/polygon.js';

const square: Polygon = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.75, 0.75],
  [0.25, 0.75],
];

test('tells a point within from one beside', () => {
  assert.is(inside(square, 0.5, 0.5), true);
  assert.is(inside(square, 0.9, 0.5), false);
  assert.is(inside(square, 0.5, 0.1), false);
});

test('the ring closes itself between its last corner and its first', () => {
  assert.is(inside(square, 0.3, 0.5), true);
  assert.is(inside(square, 0.2, 0.5), false);
});

test('a corner and an edge belong to the polygon', () => {
  assert.is(inside(square, 0.25, 0.25), true);
  assert.is(inside(square, 0.5, 0.25), true);
  assert.is(inside(square, 0.25, 0.5), true);
});

test('a corner beside a ray to the right is not counted twice', () => {
  const diamond: Polygon = [
    [0.5, 0],
    [1, 0.5],
    [0.5, 1],
    [0, 0.5],
  ];
  assert.is(inside(diamond, 0.5, 0.5), true);
  assert.is(inside(diamond, 0.1, 0.1), false);
});

test('a bay that reaches into the polygon is outside', () => {
  const horseshoe: Polygon = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0.7, 1],
    [0.7, 0.3],
    [0.3, 0.3],
    [0.3, 1],
    [0, 1],
  ];
  assert.is(inside(horseshoe, 0.5, 0.8), false);
  assert.is(inside(horseshoe, 0.15, 0.8), true);
  assert.is(inside(horseshoe, 0.85, 0.8), true);
});

test.run();
