import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import type { Frame } from '../../src/frame/frame.js';
import { INFERENCE_REASONS, type InferenceReason } from '../../src/frame/inference-reason.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { detected, frameOf } from './roads.js';

const test = suite('inference reasons');

const road = new Road(parseSimulatorUrl('sim://road?seed=3&fps=10&width=208&height=128&traffic=empty&trees=0'));

function sceneOf(): KnownScene {
  const scene = new KnownScene({
    thresholds: new Array(6).fill(0.35),
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
  });
  scene.allowedLoss = 0.03;
  return scene;
}

/** Looks at every frame and infers where the scene asks for it. @param change of a frame, by its number */
function watch(scene: KnownScene, frames: number, change: (frame: Frame, index: number) => Frame): void {
  for (let index = 0; index < frames; index++) {
    if (scene.look(change(frameOf(road, index), index)) === null) scene.learn(detected(road, index));
    scene.settle();
  }
}

const due = (scene: KnownScene): Partial<Record<InferenceReason, number>> =>
  Object.fromEntries(
    INFERENCE_REASONS.map((one) => [one, scene.dueFor(one)] as const).filter(([, count]) => count > 0),
  );

test('a steady camera asks once for the first frame, and seldom after that', () => {
  const scene = sceneOf();
  watch(scene, 60, (frame) => frame);
  assert.is(scene.dueFor('first'), 1);
  assert.is(scene.dueFor('whole-picture'), 0);
  assert.is(scene.dueFor('cut'), 0);
});

/** The picture as a camera sees it that was pushed to the side, by so many pixels. */
function pushed(frame: Frame, pixels: number): Frame {
  const row = frame.width * 3;
  const data = new Uint8Array(frame.data.length);
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < row; x++) data[y * row + x] = frame.data[y * row + ((x + pixels * 3) % row)]!;
  }
  return { ...frame, data };
}

test('a camera that swings asks because the whole picture changed', () => {
  const scene = sceneOf();
  watch(scene, 120, (frame, index) => (index < 40 ? frame : pushed(frame, (index % 4) * 23)));
  const { 'whole-picture': swings = 0, region = 0 } = due(scene);
  assert.ok(swings > 5 && swings > region, JSON.stringify(due(scene)));
});

test('a camera whose frames are seconds apart asks at each of them', () => {
  const scene = sceneOf();
  watch(scene, 20, (frame, index) => ({ ...frame, sceneMs: index * 6000 }));
  assert.equal(due(scene), { first: 1, cut: 19 });
});

test.run();
