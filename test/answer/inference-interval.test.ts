import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PaceBound } from '../../src/answer/inference-pace.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import type { SceneAnswer } from '../../src/answer/scene-answer.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { detected, frameOf } from './roads.js';

const FRAME_MS = 100;
const road = new Road(parseSimulatorUrl('sim://road?seed=3&fps=10&traffic=rush&width=320&height=180'));

function sceneUnder(bound: Partial<PaceBound>, allowedLoss = 0.03): KnownScene {
  const scene = new KnownScene({
    thresholds: new Array(6).fill(0.35),
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
    bound: Object.assign(bound, { inferenceIntervalMs: 0, inferencesSuspended: false, ...bound }),
  });
  scene.allowedLoss = allowedLoss;
  return scene;
}

/** Looks at every frame and infers where the scene asks for it. */
function watch(scene: KnownScene, frames: number, from = 0): SceneAnswer[] {
  return Array.from({ length: frames }, (_, i) => {
    const answer = scene.look(frameOf(road, from + i)) ?? scene.learn(detected(road, from + i)).answer;
    scene.settle();
    return answer;
  });
}

/** Scene time of each inference but the first, in ms since the one before. */
function gapsOf(told: readonly SceneAnswer[]): number[] {
  const at = told.flatMap(({ origin }, index) => (origin === 'inferred' ? [index * FRAME_MS] : []));
  return at.slice(1).map((ms, i) => ms - at[i]!);
}

test('under an interval no two inferences are nearer, answers say what they are, and what was wanted is counted', () => {
  const free = sceneUnder({}, 0.004);
  const freeGaps = gapsOf(watch(free, 150));
  assert.ok(Math.min(...freeGaps) < 1000, `${freeGaps}`);
  const bounded = sceneUnder({ inferenceIntervalMs: 1000 }, 0.004);
  const told = watch(bounded, 150);
  assert.ok(Math.min(...gapsOf(told)) >= 1000, `${gapsOf(told)}`);
  const without = told.filter(({ origin }) => origin !== 'inferred');
  assert.equal(new Set(without.map(({ origin }) => origin)), new Set(['propagated']));
  assert.ok(without.every(({ ageMs }) => ageMs > 0));
  const sure = (some: readonly SceneAnswer[]): number =>
    some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length;
  const late = without.filter(({ ageMs }) => ageMs >= 800);
  assert.ok(sure(late) < sure(without), 'the longer it is withheld, the less is to be expected of the answer');
  assert.ok(bounded.pace.withheld > 0);
  // the same road, asked as often as it wants: what was counted without asking is near that
  const ratio = bounded.pace.wanted / free.pace.wanted;
  assert.ok(ratio > 0.6 && ratio < 1.6, `${bounded.pace.wanted} counted, ${free.pace.wanted} asked for`);
});

test('what is promised by maxAgeMs stands above the interval, and the first frame is inferred in any case', () => {
  const told = watch(sceneUnder({ inferenceIntervalMs: 60_000 }), 61);
  assert.equal(gapsOf(told), [2000, 2000, 2000]);
  assert.is(told[0]!.origin, 'inferred');
});

test('a strictness that would infer every frame is bounded by the interval as well', () => {
  const scene = sceneUnder({ inferenceIntervalMs: 500 }, 0);
  assert.equal(new Set(gapsOf(watch(scene, 51))), new Set([500]));
  assert.is(Math.round(scene.pace.wanted), 51);
});

test('while inferences are suspended everything is answered that was seen before, however old', () => {
  const bound = { inferenceIntervalMs: 0, inferencesSuspended: false };
  const scene = sceneUnder(bound);
  watch(scene, 5);
  bound.inferencesSuspended = true;
  const told = watch(scene, 40, 5);
  assert.ok(told.every(({ origin }) => origin !== 'inferred'));
  assert.ok(told.at(-1)!.ageMs >= 3900);
  assert.ok(told.at(-1)!.confidence < told[0]!.confidence);
  bound.inferencesSuspended = false;
  assert.is(watch(scene, 1, 45)[0]!.origin, 'inferred');
});

test.run();
