import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { f1At, leads } from '../../../bench/curve/budget.js';
import type { Contender, Family, Point } from '../../../bench/curve/contender.js';
import { fixedInterval } from '../../../bench/curve/fixed-interval.js';
import { motionGate } from '../../../bench/curve/motion-gate.js';
import { MotionPicture } from '../../../bench/curve/motion-picture.js';
import { replay } from '../../../bench/curve/replay.js';
import type { Detections } from '../../../src/frame/detections.js';
import type { Frame } from '../../../src/frame/frame.js';

const [WIDTH, HEIGHT, FPS] = [160, 100, 25];

/** A grey road with a white car, 24 × 16 pixels, whose left edge is at `left`; null: none. */
function frameAt(seq: number, left: number | null): Frame {
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(100);
  // something to stretch the contrast by
  for (let x = 0; x < WIDTH; x++) data.fill(x % 2 === 0 ? 60 : 140, x * 3, x * 3 + 3);
  for (let y = 40; left !== null && y < 56; y++) data.fill(230, (y * WIDTH + left) * 3, (y * WIDTH + left + 24) * 3);
  const sceneMs = (seq * 1000) / FPS;
  const size = { width: WIDTH, height: HEIGHT, sourceWidth: WIDTH, sourceHeight: HEIGHT };
  const times = { capturedAt: 1e12 + sceneMs, arrivedAt: sceneMs, sceneMs };
  return { camera: 'north', seq, ...times, ...size, damaged: false, data, release: () => undefined };
}

function carAt(left: number | null): Detections {
  if (left === null) return { count: 0, data: new Float32Array(0) };
  return { count: 1, data: Float32Array.of(left, 40, left + 24, 56, 0.9, 0) };
}

/** Shows a car at the places given. @returns numbers of the frames that were inferred */
function inferredOf(contender: Contender, places: readonly (number | null)[]): number[] {
  return places.flatMap((left, seq) => {
    let asked = 0;
    const { isInferred } = contender.answer(frameAt(seq, left), () => {
      asked++;
      return carAt(left);
    });
    assert.is(asked, isInferred ? 1 : 0);
    return isInferred ? [seq] : [];
  });
}

const still = (frames: number, left: number | null) => new Array<number | null>(frames).fill(left);

test('a fixed interval infers one frame in so many, and vehicles go on between', () => {
  const rival = fixedInterval([0.35], 5);
  assert.equal(inferredOf(rival, still(12, null)), [0, 5, 10]);
  const driving = fixedInterval([0.35], 5);
  const places = Array.from({ length: 20 }, (_, seq) => 10 + 2 * seq);
  const boxes = places.map((left, seq) => driving.answer(frameAt(seq, left), () => carAt(left)).boxes);
  const { count, data } = boxes[19]!;
  assert.is(count, 1);
  assert.ok(Math.abs(data[0]! - places[19]!) < 3, `${data[0]} instead of ${places[19]}`);
});

test('the motion gate looks at so many pictures a second, and infers where something moves', () => {
  const moving = Array.from({ length: 50 }, (_, seq) => 10 + 2 * seq);
  assert.equal(inferredOf(motionGate([0.35], 5), moving), [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
});

test('the motion gate asks nothing of an empty road but the first time', () => {
  assert.equal(inferredOf(motionGate([0.35], 5), still(200, null)), [0]);
});

test('a parked car is looked at until it counts as stationary, and again every fifty looks', () => {
  const looks = inferredOf(motionGate([0.35], 25), still(160, 40));
  assert.equal(looks.slice(0, 50), [...Array(50).keys()]);
  assert.equal(looks.slice(50), [50, 100, 150]);
});

test('a change of the whole picture is motion until it is learned', () => {
  const picture = new MotionPicture({ width: WIDTH, height: HEIGHT });
  const grey = (level: number) => (x: number) => level + (x % 3) * 20;
  for (let i = 0; i < 20; i++) assert.is(picture.moves(grey(60)), false, `look ${i}`);
  // brighter by a third, at other places
  const other = (x: number, y: number) => (y < 50 ? 20 : 200) + (x % 3);
  const until = Array.from({ length: 60 }, () => picture.moves(other)).lastIndexOf(true);
  assert.ok(until >= 9 && until < 50, `it moved for ${until} looks`);
});

const point = (family: Family, inferencesPerS: number, f1: number, clip = 'a'): Point => ({
  clip,
  family,
  setting: `${inferencesPerS}`,
  withoutInference: 1 - inferencesPerS / 25,
  inferencesPerS,
  f1,
});

test('between two settings F1 is read along the logarithm of the rate, and not beyond them', () => {
  const points = [point('motion gate', 8, 0.98), point('motion gate', 2, 0.9)];
  assert.ok(Math.abs(f1At(points, 4)! - 0.94) < 1e-9);
  assert.is(f1At(points, 8), 0.98);
  assert.is(f1At(points, 1), null);
  assert.is(f1At(points, 9), null);
});

test('a point is compared with what the rival reaches at no more inferences, on the same clip', () => {
  const points = [
    point('ours', 4, 0.95),
    point('motion gate', 2, 0.96),
    point('motion gate', 8, 0.94),
    point('fixed interval', 8, 0.99),
    point('fixed interval', 4, 0.5, 'b'),
  ];
  assert.equal(
    leads(points).map(({ rival, f1 }) => [rival, Number(f1.toFixed(3))]),
    [['motion gate', -0.01]],
  );
});

test('each frame is inferred once, and every contender pays for what it asks', async () => {
  const places = Array.from({ length: 50 }, (_, seq) => 10 + 2 * seq);
  let inferred = 0;
  async function* frames() {
    for (const [seq, left] of places.entries()) yield frameAt(seq, left);
  }
  const greedy: Contender = {
    family: 'ours',
    setting: 'twice',
    answer: (_, infer) => {
      infer();
      return { boxes: infer(), isInferred: true };
    },
  };
  const infer = async ({ seq }: Frame) => {
    inferred++;
    return carAt(places[seq]!);
  };
  const points = await replay('a', frames(), infer, [greedy, fixedInterval([0.35], 10)], 0.35);
  assert.is(inferred, 50);
  assert.equal(
    points.map(({ setting, inferencesPerS, withoutInference }) => [
      setting,
      Math.round(inferencesPerS * 10) / 10,
      Math.round(withoutInference * 100) / 100,
    ]),
    [
      ['twice', 50, 0],
      ['1 in 10', 2.5, 0.9],
    ],
  );
  assert.is(points[0]!.f1, 1);
  assert.ok(points[1]!.f1 > 0.7 && points[1]!.f1 <= 1);
});

test('a clip without a frame is none that was answered rightly', async () => {
  async function* nothing(): AsyncGenerator<Frame> {}
  const told = await replay('a', nothing(), async () => carAt(null), [fixedInterval([0.35], 10)], 0.35).catch(
    (error: Error) => error.message,
  );
  assert.is(told, 'a has no frame');
});

test.run();
