import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Candidates } from '../../../src/detect/worker/decoders/decoder.js';
import { MAX_CANDIDATES, Selection } from '../../../src/detect/worker/nms.js';

type Row = readonly [x1: number, y1: number, x2: number, y2: number, score: number, classIndex: number];

function pick(rows: readonly Row[], iouThreshold: number | null, maxDetections = 100): number[] {
  const candidates = new Candidates(rows.length, 1000, 1000);
  for (const row of rows) candidates.add(...row);
  const selection = new Selection(rows.length, iouThreshold, maxDetections);
  return [...selection.picked.subarray(0, selection.pick(candidates))];
}

test('boxes come strongest first', () => {
  const rows: Row[] = [
    [0, 0, 9, 9, 0.4, 0],
    [20, 0, 29, 9, 0.9, 0],
    [40, 0, 49, 9, 0.6, 0],
  ];
  assert.equal(pick(rows, 0.5), [1, 2, 0]);
});

test('of two boxes of a class that overlap more than the threshold, the weaker goes', () => {
  const rows: Row[] = [
    [0, 0, 10, 10, 0.5, 0],
    [0, 0, 10, 8, 0.7, 0], // IoU 0.8
  ];
  assert.equal(pick(rows, 0.79), [1]);
  assert.equal(pick(rows, 0.81), [1, 0]);
});

test('boxes of different classes leave each other alone', () => {
  const rows: Row[] = [
    [0, 0, 10, 10, 0.5, 0],
    [0, 0, 10, 10, 0.7, 1],
  ];
  assert.equal(pick(rows, 0.5), [1, 0]);
});

test('a box that has gone takes no other with it', () => {
  const rows: Row[] = [
    [0, 0, 10, 10, 0.9, 0],
    [4, 0, 14, 10, 0.8, 0], // IoU 0.43 with its neighbours
    [8, 0, 18, 10, 0.7, 0],
  ];
  assert.equal(pick(rows, 0.4), [0, 2]);
});

test('a model without overlaps keeps everything', () => {
  const rows: Row[] = [
    [0, 0, 10, 10, 0.5, 0],
    [0, 0, 10, 10, 0.5, 0],
  ];
  assert.equal(pick(rows, null), [0, 1]);
});

test('at most maxDetections boxes are kept', () => {
  const rows = Array.from({ length: 50 }, (_, i): Row => [i * 20, 0, i * 20 + 9, 9, i / 50, 0]);
  assert.equal(pick(rows, 0.5, 3), [49, 48, 47]);
});

test('equal scores keep the order of the model', () => {
  const rows = Array.from({ length: 5 }, (_, i): Row => [i * 20, 0, i * 20 + 9, 9, 0.5, 0]);
  assert.equal(pick(rows, 0.5), [0, 1, 2, 3, 4]);
});

test('only the strongest 1024 candidates are looked at', () => {
  const rows = Array.from({ length: 3000 }, (_, i): Row => [0, 0, 10, 10, 0.1 + i / 10_000, 0]);
  const kept = pick(rows, null, 3000);
  assert.is(kept.length, MAX_CANDIDATES);
  assert.is(kept[0], 2999);
  assert.is(kept.at(-1), 1976);
});

test('boxes that are empty, outside or not finite are no candidates', () => {
  const candidates = new Candidates(9, 100, 50);
  candidates.add(5, 5, 5, 9, 1, 0);
  candidates.add(9, 5, 5, 9, 1, 0);
  candidates.add(-9, 0, -1, 9, 1, 0);
  candidates.add(0, 50, 9, 60, 1, 0);
  candidates.add(Number.NaN, 0, 9, 9, 1, 0);
  candidates.add(0, 0, Number.POSITIVE_INFINITY, 9, 1, 0);
  assert.is(candidates.count, 0);
  candidates.add(-9, -9, 300, 300, 1, 0);
  assert.is(candidates.count, 1);
});

test.run();
