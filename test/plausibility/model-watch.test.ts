import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelWatch } from '../../src/plausibility/model-watch.js';
import { TILES, TILES_ACROSS } from '../../src/plausibility/picture-sample.js';
import { seeded } from '../seeded.js';

const test = suite('ModelWatch');

type Row = readonly [x1: number, y1: number, x2: number, y2: number, score: number, classIndex: number];

/** A road on which a car stands elsewhere in each picture: three tiles wide, three high. */
function passing(i: number): Float32Array {
  const means = new Float32Array(TILES).fill(90);
  const x = (i * 5) % (TILES_ACROSS - 3);
  for (let y = 8; y < 11; y++) means.fill(180, y * TILES_ACROSS + x, y * TILES_ACROSS + x + 3);
  return means;
}

/** The same road as a cloud passes. */
const cloudy = (i: number): Float32Array => new Float32Array(TILES).fill(90 + 30 * (i % 2));

function asking(rowsOf: (i: number) => readonly Row[], means = passing, peakOf?: (i: number) => number | null) {
  const watch = new ModelWatch({ thresholds: [0.4, 2], maxDetections: 20 });
  return (pictures: number) => {
    for (let i = 0; i < pictures; i++) {
      const rows = rowsOf(i);
      const peakScore = peakOf ? peakOf(i) : Math.max(0, ...rows.map(([, , , , score]) => score));
      const detections = { count: rows.length, data: Float32Array.from(rows.flat()) };
      watch.see({ detections, peakScore, width: 640, height: 360, means: means(i) });
    }
    return watch.fault();
  };
}

const carAt = (i: number, score = 0.8): Row => [(i * 17) % 500, 160, ((i * 17) % 500) + 60, 220, score, 0];

test('a model whose highest score is 0 whatever moves is blind after twenty pictures', () => {
  const ask = asking(() => []);
  assert.is(ask(20), null);
  assert.equal(ask(1), {
    fault: 'model-blind',
    seen: 'the highest score was 0 in each of 20 pictures in which something moved',
  });
});

test('the same answers of an empty road, be it under clouds, say nothing', () => {
  const still = new Float32Array(TILES).fill(90);
  assert.is(
    asking(
      () => [],
      () => still,
    )(1000),
    null,
  );
  assert.is(asking(() => [], cloudy)(1000), null);
});

test('scores that stay below the threshold in 200 pictures in which something moved can never reach it', () => {
  const random = seeded(3);
  const ask = asking((i) => [carAt(i, 0.05 + 0.2 * random())]);
  assert.is(ask(200), null);
  assert.match(
    ask(20)!.seen,
    /^the highest score in \d+ pictures in which something moved was 0\.\d+, and 0\.4 is asked for$/,
  );
});

test('one vehicle ever reported, and the model is able for good; of a class that is not asked for it is none', () => {
  assert.is(asking((i) => (i === 3 ? [carAt(i)] : []))(500), null);
  assert.is(
    asking(
      (i) => (i === 3 ? [[10, 10, 90, 90, 0.9, 1]] : []),
      passing,
      () => 0,
    )(500)!.fault,
    'model-blind',
  );
});

test('a worker that tells no highest score is judged by its boxes', () => {
  assert.is(
    asking(
      () => [],
      passing,
      () => null,
    )(30)!.fault,
    'model-blind',
  );
});

test('the very same boxes for twenty pictures that differ are constant; a parked car beside the others is not', () => {
  const parked: Row = [100, 200, 300, 360, 0.9, 0];
  const ask = asking(() => [parked]);
  assert.is(ask(19), null);
  assert.equal(ask(1), { fault: 'model-constant', seen: 'the very same boxes in 20 different pictures' });
  assert.is(asking((i) => (i % 7 === 0 ? [parked, carAt(i)] : [parked]))(400), null);
});

test('a full list in each of thirty pictures is saturated, and one with room in it ends that', () => {
  const full = (i: number): Row[] => Array.from({ length: 20 }, (_, k) => carAt(i * 20 + k, 0.5));
  const ask = asking(full);
  assert.equal(ask(31), { fault: 'model-saturated', seen: '20 boxes in each of 30 pictures' });
  assert.is(asking((i) => (i % 20 === 19 ? [carAt(i)] : full(i)))(400), null);
});

test('a model that is certain of each of a hundred boxes is saturated', () => {
  const ask = asking((i) => [0, 1, 2, 3].map((k) => carAt(i + k * 9, 0.9999)));
  assert.equal(ask(31), { fault: 'model-saturated', seen: '120 boxes, each with a score of 1' });
  assert.is(asking((i) => [0, 1, 2, 3].map((k) => carAt(i + k * 9, k === 0 ? 0.6 : 1)))(400), null);
});

test('boxes that all lie on one spot are heaped, a queue of cars is not', () => {
  const random = seeded(4);
  const heap = (): Row[] =>
    [0, 1, 2, 3, 4, 5].map(() => [random(), random(), random(), random(), 0.4 + 0.4 * random(), 0]);
  assert.equal(asking(heap)(16), { fault: 'model-heaped', seen: 'all boxes on one spot in each of 15 pictures' });
  const queue = (i: number): Row[] => [0, 1, 2, 3, 4, 5].map((k) => carAt(i + k, 0.4 + 0.3 * random()));
  assert.is(asking(queue)(400), null);
});

test.run();
