import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PaceBound } from '../../src/answer/inference-pace.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import { detected, frameOf, simulatedRoad } from './roads.js';

const SIZE = 'width=208&height=128&trees=0';
/** Far more than looking takes here, and still looking pays only where frames are answered. */
const INFERENCE_MS = 5;

const rush = () => simulatedRoad(`sim://road?seed=8&fps=2&traffic=rush&${SIZE}`);
const empty = () => simulatedRoad(`sim://road?seed=8&fps=2&traffic=empty&${SIZE}`);

const bound: { -readonly [K in keyof PaceBound]: PaceBound[K] } = {
  inferenceIntervalMs: 0,
  inferencesSuspended: false,
};

function sceneOf(): KnownScene {
  const scene = new KnownScene({
    thresholds: new Array(6).fill(0.35),
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
    bound,
  });
  scene.allowedLoss = 0.03;
  return scene;
}

/** Boxes that are nowhere near those of the frame before: nothing can be followed. */
function elsewhere(index: number): Detections {
  const data = new Float32Array(4 * STRIDE);
  for (let row = 0; row < 4; row++) {
    const [x, y] = [((index * 4 + row) * 97) % 350, ((index * 4 + row) * 61) % 200];
    data.set([x, y, x + 50, y + 40, 0.9, 0], row * STRIDE);
  }
  return { count: 4, data };
}

/** Gives frames until the scene rests. @returns how many that took; null where it does not */
function untilRest(scene: KnownScene, from: number, most: number): number | null {
  const road = rush();
  for (let i = 0; i < most; i++) {
    if (scene.look(frameOf(road, from + i)) === null) scene.learn(elsewhere(from + i), INFERENCE_MS / 50);
    scene.settle();
    if (!scene.reusePays) return i + 1;
  }
  return null;
}

test('a camera whose vehicles are always somewhere else is inferred without being looked at, with numbers all the same', () => {
  const scene = sceneOf();
  const took = untilRest(scene, 0, 60)!;
  assert.ok(took < 30, `it took ${took} frames`);
  const road = rush();
  for (let i = 0; i < 20; i++) {
    const frame = frameOf(road, took + i);
    // nobody looks at it, but once in ten frames: what is usual changes
    if (i % 10 !== 9) Object.defineProperty(frame, 'data', { get: () => assert.unreachable('it was looked at') });
    assert.is(scene.look(frame), null);
    assert.is(scene.reason, 'unprofitable');
    const { answer, comparison } = scene.learn(detected(road, took + i), INFERENCE_MS);
    assert.is(answer.origin, 'inferred');
    assert.is(comparison, null);
    assert.ok(answer.trackIds.every((id) => id > 0));
    scene.settle();
  }
});

test('it is looked at again as soon as the road is empty', () => {
  const scene = sceneOf();
  const took = untilRest(scene, 0, 60)!;
  const road = empty();
  const from = took * 500;
  let withoutInference = 0;
  for (let i = 0; i < 60; i++) {
    if (scene.look(frameOf(road, i, from + road.sceneMs(i))) === null) scene.learn(detected(road, i), INFERENCE_MS);
    else withoutInference++;
    scene.settle();
  }
  assert.is(scene.reusePays, true);
  assert.ok(withoutInference > 30, `${withoutInference} of 60 frames`);
});

test('where inferences are withheld, answers without are needed whether they pay or not', () => {
  const scene = sceneOf();
  const took = untilRest(scene, 0, 60)!;
  bound.inferenceIntervalMs = 2000;
  try {
    const road = rush();
    const answers = Array.from({ length: 6 }, (_, i) => {
      const answer = scene.look(frameOf(road, took + i));
      if (answer === null) scene.learn(detected(road, took + i), INFERENCE_MS);
      scene.settle();
      return answer;
    });
    assert.ok(answers.some((answer) => answer?.origin === 'propagated'));
    assert.is(scene.reusePays, true);
  } finally {
    bound.inferenceIntervalMs = 0;
  }
});

test.run();
