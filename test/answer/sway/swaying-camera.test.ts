import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Agreement, addTally, emptyTally, f1 } from '../../../src/answer/audit/agreement.js';
import { KnownScene } from '../../../src/answer/known-scene.js';
import { BLOCKS } from '../../../src/answer/scene/grid.js';
import { type Detections, STRIDE } from '../../../src/frame/detections.js';
import type { Frame } from '../../../src/frame/frame.js';
import { simulatedRoad } from '../roads.js';

const [WIDTH, HEIGHT, MARGIN] = [320, 180, 16];
const road = simulatedRoad(
  `sim://road?seed=6&fps=12&traffic=mixed&red=0&width=${WIDTH + 2 * MARGIN}&height=${HEIGHT + 2 * MARGIN}`,
);
const FRAMES = 180;

/** What a camera that looks at a part of the road shows, its scene so many whole pixels to the right and down. */
function shown(index: number, right: number, down: number): { frame: Frame; truth: Detections } {
  const whole = new Uint8Array(road.width * road.height * 3);
  road.render(index, whole);
  const [left, top] = [MARGIN - right, MARGIN - down];
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    const from = ((top + y) * road.width + left) * 3;
    data.set(whole.subarray(from, from + WIDTH * 3), y * WIDTH * 3);
  }
  const sceneMs = road.sceneMs(index);
  const size = { width: WIDTH, height: HEIGHT, sourceWidth: WIDTH, sourceHeight: HEIGHT };
  const time = { seq: index, capturedAt: 1e12 + sceneMs, arrivedAt: sceneMs, sceneMs };
  const frame = { camera: 'mast', ...size, ...time, damaged: false, data, release: () => undefined };
  return { frame, truth: inside(road.truth(index), left, top) };
}

/** Boxes cut off at the edges of what is shown; slivers are left out. */
function inside({ count, data }: Detections, left: number, top: number): Detections {
  const rows: number[] = [];
  for (let at = 0; at < count * STRIDE; at += STRIDE) {
    const [x1, x2] = [Math.max(0, data[at]! - left), Math.min(WIDTH, data[at + 2]! - left)];
    const [y1, y2] = [Math.max(0, data[at + 1]! - top), Math.min(HEIGHT, data[at + 3]! - top)];
    if (x2 - x1 > 8 && y2 - y1 > 8) rows.push(x1, y1, x2, y2, 0.9, data[at + 5]!);
  }
  return { count: rows.length / STRIDE, data: Float32Array.from(rows) };
}

/** Answers the road with an inference where one is asked for. @param sway of a frame, pixels */
function answered(sway: (index: number) => readonly [right: number, down: number]): { inferred: number; f1: number } {
  const scene = new KnownScene({
    thresholds: new Array(6).fill(0.35),
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
  });
  scene.allowedLoss = 0.03;
  const agreement = new Agreement({ lowerScore: 0.25, upperScore: 0.5 });
  const [sum, tally] = [emptyTally(), emptyTally()];
  let inferred = 0;
  for (let index = 0; index < FRAMES; index++) {
    const { frame, truth } = shown(index, ...sway(index));
    const known = scene.look(frame);
    if (known === null) inferred++;
    const answer = known ?? scene.learn(truth).answer;
    scene.settle();
    agreement.compare(answer.detections, truth, tally);
    addTally(sum, tally);
  }
  return { inferred, f1: f1(sum) };
}

test('a camera on a swaying mast is answered nearly as one that stands still', () => {
  const still = answered(() => [0, 0]);
  const swaying = answered((i) => [Math.round(9 * Math.sin(i / 7)), Math.round(4 * Math.sin(i / 5))]);
  assert.ok(still.inferred < FRAMES / 3, `${still.inferred}`);
  assert.ok(swaying.inferred <= 1.5 * still.inferred + 15, `${swaying.inferred} and ${still.inferred}`);
  assert.ok(swaying.f1 >= still.f1 - 0.03, `${swaying.f1} and ${still.f1}`);
});

test('a camera that is turned is inferred at once, and learns its new view', () => {
  const turned = answered((i) => (i < 90 ? [0, 0] : [-16, 12]));
  assert.ok(turned.inferred < FRAMES / 2, `${turned.inferred}`);
  assert.ok(turned.f1 >= 0.93, `${turned.f1}`);
});

test.run();
