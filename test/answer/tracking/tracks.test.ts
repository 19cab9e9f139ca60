import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type TrackedBoxes, Tracks } from '../../../src/answer/tracking/tracks.js';
import { iou } from '../../../src/frame/box.js';
import { type Detections, STRIDE } from '../../../src/frame/detections.js';
import type { Truth } from '../../../src/simulator/road.js';
import { HEIGHT, pixelsOf, simulated, WIDTH } from '../pictures.js';

const SIZE = { width: WIDTH, height: HEIGHT };

function tracksOf(size = SIZE): { tracks: Tracks; given: number[] } {
  const given: number[] = [];
  const next = (): number => {
    given.push(given.length + 1);
    return given.length;
  };
  return { tracks: new Tracks([0.35, 0.35, 0.35, 0.35, 0.35, 0.35], size, next), given };
}

/** Boxes x1, y1, x2, y2 of class 0. */
const seen = (score: number, ...rows: readonly (readonly [number, number, number, number])[]): Detections => ({
  count: rows.length,
  data: Float32Array.from(rows.flatMap((row) => [...row, score, 0])),
});

const idsOf = ({ trackIds }: TrackedBoxes): number[] => [...trackIds];

test('reports vehicles with numbers that begin at 1 and stay', () => {
  const { tracks } = tracksOf();
  assert.equal(idsOf(tracks.correct(seen(0.8, [10, 10, 60, 40], [200, 100, 260, 140]))), [1, 2]);
  tracks.advance(100, null);
  assert.equal(idsOf(tracks.correct(seen(0.8, [204, 100, 264, 140], [12, 10, 62, 40]))), [2, 1]);
});

test('a new vehicle must be sure; a known one keeps its number through weak boxes, which are not reported', () => {
  const { tracks, given } = tracksOf();
  assert.is(tracks.correct(seen(0.2, [10, 10, 60, 40])).detections.count, 0);
  assert.equal(given, []);
  tracks.correct(seen(0.8, [10, 10, 60, 40]));
  assert.is(tracks.correct(seen(0.3, [10, 10, 60, 40])).detections.count, 0);
  assert.equal(idsOf(tracks.correct(seen(0.8, [10, 10, 60, 40]))), [1]);
});

test('an inference’s sure boxes are reported as they were detected', () => {
  const { tracks } = tracksOf();
  tracks.correct(seen(0.8, [10, 10, 60, 40]));
  tracks.advance(100, null);
  const { detections } = tracks.correct(seen(0.7, [14, 11, 66, 42]));
  assert.equal([...detections.data], [...seen(0.7, [14, 11, 66, 42]).data]);
});

test('vehicles that pass each other keep their numbers', () => {
  const { tracks } = tracksOf();
  let last: TrackedBoxes | null = null;
  for (let step = 0; step <= 20; step++) {
    tracks.advance(100, null);
    const right = 100 + 20 * step;
    const left = 500 - 20 * step;
    last = tracks.correct(seen(0.8, [right, 100, right + 60, 140], [left, 112, left + 60, 152]));
  }
  assert.equal(idsOf(last!), [1, 2]);
});

test('without a picture vehicles go on as before', () => {
  const { tracks } = tracksOf();
  for (let step = 0; step <= 10; step++) {
    tracks.advance(100, null);
    tracks.correct(seen(0.8, [100 + 10 * step, 100, 160 + 10 * step, 140]));
  }
  tracks.advance(300, null);
  const { detections } = tracks.output();
  assert.ok(Math.abs(detections.data[0]! - 230) < 3, `${detections.data[0]}`);
});

test('a vehicle that leaves is gone, and its number is not given again', () => {
  const { tracks, given } = tracksOf();
  for (let x = 400; x <= 560; x += 20) {
    tracks.advance(100, null);
    tracks.correct(seen(0.8, [x, 100, x + 60, 140]));
  }
  for (let i = 0; i < 15; i++) tracks.advance(100, null);
  assert.is(tracks.count, 0);
  assert.is(tracks.output().detections.count, 0);
  assert.equal(idsOf(tracks.correct(seen(0.8, [560, 100, 620, 140]))), [2]);
  assert.equal(given, [1, 2]);
});

test('a vehicle that inferences do not see any more is gone soon', () => {
  const { tracks } = tracksOf();
  tracks.correct(seen(0.8, [100, 100, 160, 140]));
  let inferences = 0;
  for (; tracks.count > 0; inferences++) tracks.correct(seen(0.8));
  assert.ok(inferences <= 5, `${inferences}`);
});

test('boxes stay inside the picture', () => {
  const { tracks } = tracksOf();
  for (const x of [60, 40, 20]) {
    tracks.advance(100, null);
    tracks.correct(seen(0.8, [x, 300, x + 80, 356]));
  }
  tracks.advance(200, null);
  const [x1, y1, x2, y2] = tracks.output().detections.data;
  assert.ok(x1! >= 0 && y1! >= 0 && x2! <= WIDTH && y2! <= HEIGHT && x1! < x2!, `${[x1, y1, x2, y2]}`);
});

test('a boundless stream of vehicles leaves no tracks behind', () => {
  const AT_ONCE = 4;
  const { tracks, given } = tracksOf({ width: 2000, height: 1400 });
  let most = 0;
  for (let inference = 0; given.length < 100_000; inference++) {
    const top = 200 * (inference % 7);
    const row = (_: unknown, i: number) => [100 * i, top, 100 * i + 60, top + 60] as const;
    tracks.correct(seen(0.9, ...Array.from({ length: AT_ONCE }, row)));
    most = Math.max(most, tracks.count);
  }
  assert.ok(most <= 6 * AT_ONCE, `${most} tracks`);
  assert.is(new Set(given).size, 100_000);
});

const INFER_EVERY = 10;

/** IoU of a vehicle of the truth with the box that is most like it. */
function overlap(truth: Truth, row: number, { detections: { count, data } }: TrackedBoxes): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, iou(truth.data, row * STRIDE, data, i * STRIDE));
  return most;
}

for (const traffic of ['mixed', 'rush']) {
  test(`between inferences the vehicles of a road with ${traffic} traffic are followed in the picture, with their numbers`, () => {
    const road = simulated(`traffic=${traffic}&fps=15`);
    const { tracks, given } = tracksOf();
    const known = new Set<number>();
    const numbers = new Map<number, Set<number>>();
    let [followed, all] = [0, 0];
    for (let index = 0; index < 240; index++) {
      const picture = { ...SIZE, data: pixelsOf(road, index) };
      const truth = road.truth(index);
      if (index > 0) tracks.advance(1000 / road.fps, picture);
      if (index % INFER_EVERY === 0) {
        const found = tracks.correct(truth);
        tracks.anchor(picture);
        known.clear();
        for (const [row, vehicle] of truth.ids.entries()) {
          known.add(vehicle);
          if (truth.visible[row]! < 0.5) continue;
          numbers.set(vehicle, (numbers.get(vehicle) ?? new Set()).add(found.trackIds[row]!));
        }
        continue;
      }
      const output = tracks.output();
      for (const [row, vehicle] of truth.ids.entries()) {
        if (!known.has(vehicle) || truth.visible[row]! < 0.5) continue;
        all++;
        if (overlap(truth, row, output) >= 0.5) followed++;
      }
    }
    assert.ok(all > 1000, `${all}`);
    assert.ok(followed / all >= 0.95, `${followed} of ${all}`);
    const changed = [...numbers.values()].filter((ids) => ids.size > 1).length;
    assert.ok(changed <= 0.1 * numbers.size, `${changed} of ${numbers.size} vehicles changed their number`);
    assert.is(new Set(given).size, given.length);
  });
}

test('a vehicle of a class that another model does not report becomes what that model calls it', () => {
  const { tracks } = tracksOf();
  tracks.correct(seen(0.9, [10, 10, 60, 40]));
  tracks.renew([2, 2, 2, 2, 2, 2, 0.35]);
  tracks.advance(100, null);
  const { detections, trackIds } = tracks.correct({ count: 1, data: Float32Array.of(11, 10, 61, 40, 0.5, 6) });
  assert.equal([...trackIds], [1]);
  assert.is(detections.data[5], 6);
});

test('a vehicle that came in below leaves the edge once all of it must be there, and is whole in the answer', () => {
  const { tracks } = tracksOf();
  // whole vehicles of 60 × 40, each seen at places of its own
  for (let step = 0; step < 8; step++) {
    const [x, y] = [20 + 60 * step, 20 + 35 * step];
    tracks.correct(seen(0.9, [x, y, x + 60, y + 40], [560 - x, y, 620 - x, y + 40]));
    tracks.advance(2000, null);
  }
  const part = (): number[] => [...tracks.output().detections.data.subarray(0, 4)];
  for (let i = 0; i < 8; i++) tracks.correct(seen(0.9, [300, HEIGHT - 20, 360, HEIGHT]));
  assert.equal(part(), [300, HEIGHT - 20, 360, HEIGHT]);
  tracks.shift({ x: 0, y: -100, turn: 0, growth: 0 });
  const [, top, , bottom] = part() as [number, number, number, number];
  assert.is(Math.round(top), HEIGHT - 120);
  assert.ok(bottom - top >= 38 && bottom - top <= 46, `${top} to ${bottom}`);
  tracks.forgetPlaces();
  assert.is(part()[3], HEIGHT);
});

test('a new vehicle goes on as those before it did, without having been seen to move; one that stands teaches nothing', () => {
  const { tracks } = tracksOf();
  const moved = (x: number) => [100 + x, 100, 140 + x, 130] as const;
  for (let vehicle = 0; vehicle < 6; vehicle++) {
    for (let step = 0; step <= 8; step++) {
      tracks.correct(seen(0.9, moved(20 * step)));
      tracks.advance(200, null);
    }
    // gone
    for (let i = 0; i < 10; i++) tracks.correct(seen(0.9));
  }
  assert.is(tracks.count, 0);
  const onTheWay = moved(80);
  tracks.correct(seen(0.9, onTheWay));
  tracks.advance(400, null);
  const [x1] = tracks.output().detections.data;
  assert.ok(x1! > onTheWay[0] + 25 && x1! < onTheWay[0] + 45, String(x1));
  for (let i = 0; i < 200; i++) tracks.correct(seen(0.9, [x1!, 100, x1! + 40, 130]));
  for (let i = 0; i < 10; i++) tracks.correct(seen(0.9));
  tracks.correct(seen(0.9, onTheWay));
  tracks.advance(400, null);
  assert.ok(tracks.output().detections.data[0]! > onTheWay[0] + 25);
});

test.run();
