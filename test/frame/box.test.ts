import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { iou } from '../../src/frame/box.js';

test('IoU is the area that two boxes share by the area that they cover together', () => {
  assert.is(iou([0, 0, 10, 10], 0, [5, 0, 15, 10], 0), 1 / 3);
  assert.is(iou([0, 0, 10, 10], 0, [2, 2, 8, 8], 0), 0.36);
});

test('a box has an IoU of 1 with itself', () => {
  assert.is(iou([3, 4, 9, 12], 0, [3, 4, 9, 12], 0), 1);
});

test('boxes that only touch, and boxes without an area, share nothing', () => {
  assert.is(iou([0, 0, 10, 10], 0, [10, 0, 20, 10], 0), 0);
  assert.is(iou([5, 5, 5, 5], 0, [5, 5, 5, 5], 0), 0);
});

test('boxes are found in the rows of flat lists', () => {
  const tracks = Float32Array.of(0, 0, 1, 1, 0, 0, 10, 10);
  const rows = Float32Array.of(9, 9, 9, 9, 0.5, 2, 0, 0, 10, 5, 0.9, 2);
  assert.is(iou(tracks, 4, rows, 6), 0.5);
});

test.run();
