import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Agreement, emptyTally, f1 } from '../../src/answer/audit/agreement.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import type { SceneAnswer } from '../../src/answer/scene-answer.js';
import type { KnownSceneOptions } from '../../src/answer/sized-scene.js';
import type { Frame } from '../../src/frame/frame.js';
import type { Road } from '../../src/simulator/road.js';
import { detected, frameOf, simulatedRoad } from './roads.js';

const roadOf = (options: string): Road => simulatedRoad(`sim://road?seed=3&fps=10&${options}`);

function sceneOf(allowedLoss: number, change: Partial<KnownSceneOptions> = {}): KnownScene {
  const scene = new KnownScene({
    thresholds: new Array(6).fill(0.35),
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
    ...change,
  });
  scene.allowedLoss = allowedLoss;
  return scene;
}

interface Told {
  readonly answer: SceneAnswer;
  readonly reason: string | null;
  readonly f1: number;
}

/** Looks at every frame and infers where the scene asks for it. */
function watch(scene: KnownScene, road: Road, frames: number, from = 0): Told[] {
  const agreement = new Agreement({ lowerScore: 0.25, upperScore: 0.5 });
  const tally = emptyTally();
  return Array.from({ length: frames }, (_, i) => {
    const frame = frameOf(road, from + i);
    const truth = detected(road, from + i);
    const known = scene.look(frame);
    const answer = known ?? scene.learn(truth).answer;
    scene.settle();
    agreement.compare(answer.detections, truth, tally);
    return { answer, reason: known === null ? scene.reason : null, f1: f1(tally) };
  });
}

test('the first frame is to be inferred, and its answer is the inference', () => {
  const road = roadOf('traffic=mixed');
  const [{ answer, reason }] = watch(sceneOf(0.03), road, 1) as [Told];
  assert.is(reason, 'first');
  const { detections, origin, ageMs, confidence, trackIds } = answer;
  assert.equal({ origin, ageMs, confidence }, { origin: 'inferred', ageMs: 0, confidence: 1 });
  assert.equal([...detections.data.slice(0, 4)], [...detected(road, 0).data.slice(0, 4)]);
  assert.equal(
    [...trackIds],
    Array.from(trackIds, (_, i) => i + 1),
  );
});

test('an inference that failed leaves it to be inferred at the next frame', () => {
  const road = roadOf('traffic=mixed');
  const scene = sceneOf(0.03);
  assert.is(scene.look(frameOf(road, 0)), null);
  assert.is(scene.look(frameOf(road, 1)), null);
  assert.is(scene.reason, 'first');
});

test('frames in which nothing changed are reused, until the inference is too old', () => {
  const road = roadOf('traffic=empty&trees=0');
  const told = watch(sceneOf(0.1, { maxIdleAgeMs: 5000 }), road, 400);
  const origins = new Set(told.map(({ answer }) => answer.origin));
  assert.equal(origins, new Set(['inferred', 'reused-memory']));
  const inferred = told.flatMap(({ reason }, index) => (reason === null ? [] : [[index, reason]]));
  assert.ok(inferred.length < 60, JSON.stringify(inferred));
  assert.ok(inferred.slice(-2).every(([, reason]) => reason === 'age'));
  const last = told.slice(inferred.at(-2)![0] as number, inferred.at(-1)![0] as number);
  assert.is(last.length, 50);
  assert.is(last.at(-1)!.answer.ageMs, 4900);
});

test('a picture that is the same again is reused with the same boxes', () => {
  const road = roadOf('traffic=rush&trees=0');
  const scene = sceneOf(0.5);
  watch(scene, road, 1);
  const again = scene.look({ ...frameOf(road, 0), seq: 1, sceneMs: 66 })!;
  assert.is(again.origin, 'reused-memory');
  assert.is(again.ageMs, 66);
  const truth = detected(road, 0);
  assert.is(again.detections.count, truth.count);
});

test('moving vehicles are followed from few inferences, and the answers are right', () => {
  const told = watch(sceneOf(0.05), roadOf('traffic=mixed'), 400);
  const settled = told.slice(100);
  const propagated = settled.filter(({ answer }) => answer.origin === 'propagated');
  assert.ok(propagated.length > 0.3 * settled.length, `${propagated.length} of ${settled.length}`);
  const mean = settled.reduce((sum, one) => sum + one.f1, 0) / settled.length;
  assert.ok(mean > 0.88, `F1 ${mean}`);
  for (const { answer } of settled) {
    assert.ok(answer.confidence > 0.5 && answer.confidence <= 1);
    assert.is(answer.trackIds.length, answer.detections.count);
  }
});

test('less loss allowed is more inferences; none allowed is every frame', () => {
  const road = roadOf('traffic=mixed');
  const inferred = (loss: number) => watch(sceneOf(loss), road, 150).filter(({ reason }) => reason !== null).length;
  const [none, little, much] = [inferred(0), inferred(0.02), inferred(0.2)];
  assert.is(none, 150);
  assert.ok(much < little && little < none, `${[much, little, none]}`);
});

test('an inference is compared with the answer that would have been given', () => {
  const road = roadOf('traffic=mixed');
  const scene = sceneOf(0);
  const first = frameOf(road, 0);
  scene.look(first);
  assert.is(scene.learn(detected(road, 0)).comparison, null);
  scene.settle();
  const second = frameOf(road, 1);
  assert.is(scene.look(second), null);
  const { comparison } = scene.learn(detected(road, 1));
  assert.is(comparison!.ageMs, 100);
  assert.ok(comparison!.tally.truePositives > 0.7 * road.truth(1).count, JSON.stringify(comparison));
});

test('another size of the picture begins anew, and numbers are not given again', () => {
  const scene = sceneOf(0.5);
  const before = watch(scene, roadOf('traffic=rush'), 20);
  const most = Math.max(...before.flatMap(({ answer }) => [...answer.trackIds]));
  const [{ answer, reason }] = watch(scene, roadOf('traffic=rush&width=320&height=180'), 1, 20) as [Told];
  assert.is(reason, 'first');
  assert.ok(answer.trackIds.length > 0);
  assert.ok(Math.min(...answer.trackIds) > most);
});

for (const [what, jump] of [
  ['forwards', 60_000],
  ['backwards', -60_000],
] as const) {
  test(`a jump of the scene's clock ${what} asks for an inference, and then it goes on`, () => {
    const road = roadOf('traffic=empty&trees=0');
    const scene = sceneOf(0.5, { maxIdleAgeMs: 3_600_000 });
    watch(scene, road, 60);
    assert.ok(scene.look(frameOf(road, 60)));
    scene.settle();
    const shifted = (index: number) => frameOf(road, index, road.sceneMs(index) + jump);
    assert.is(scene.look(shifted(61)), null);
    scene.learn(detected(road, 61));
    scene.settle();
    const next = scene.look(shifted(62))!;
    assert.is(next.origin, 'reused-memory');
    assert.is(next.ageMs, 100);
  });
}

test('calls out of turn are refused: each frame is looked at, learnt where an inference is due, and settled', () => {
  const road = roadOf('traffic=mixed');
  const scene = sceneOf(0.5);
  assert.throws(() => scene.settle(), /KnownScene\.settle out of turn: no frame was looked at/);
  scene.look(frameOf(road, 0));
  assert.throws(() => scene.settle(), /KnownScene\.settle out of turn at frame 0: it is due/);
  scene.learn(detected(road, 0));
  assert.throws(() => scene.learn(detected(road, 0)), /KnownScene\.learn out of turn at frame 0: it is answered/);
  assert.throws(() => scene.look(frameOf(road, 1)), /KnownScene\.look out of turn at frame 1: the one before was not/);
  scene.settle();
  assert.throws(() => scene.settle(), /KnownScene\.settle out of turn: no frame was looked at/);
});

test('another model is asked for the next frame, and the vehicles that it sees again keep their numbers', () => {
  const road = roadOf('traffic=mixed');
  const scene = sceneOf(0.03);
  const before = watch(scene, road, 5).at(-1)!.answer;
  assert.is.not(before.origin, 'inferred');
  scene.renew(new Array(7).fill(0.35), () => null);
  const [renewed, next] = watch(scene, road, 2, 5) as [Told, Told];
  assert.is(renewed.reason, 'first');
  assert.equal(
    [...before.trackIds].filter((id) => !renewed.answer.trackIds.includes(id)),
    [],
  );
  assert.is.not(next.answer.origin, 'inferred');
});

test('scenes that another model answered are not recalled', () => {
  const asked: string[] = [];
  const scenesOf = (name: string) => () => {
    asked.push(name);
    return null;
  };
  const scene = sceneOf(0.03, { scenes: scenesOf('first') });
  const road = roadOf('traffic=light');
  watch(scene, road, 2);
  scene.renew(new Array(6).fill(0.35), scenesOf('second'));
  watch(scene, road, 2, 2);
  assert.equal(asked, ['first', 'second']);
});

/** The same picture, smeared as by lost packets: its lower half is grey. */
function smeared(road: Road, index: number): Frame {
  const frame = frameOf(road, index);
  frame.data.fill(128, frame.data.length / 2);
  return { ...frame, damaged: true };
}

test('damaged pictures are answered from what was known before, and no vehicle begins or ends by them', () => {
  const road = roadOf('traffic=mixed&trees=0');
  const scene = sceneOf(0.03);
  const before = watch(scene, road, 40).at(-1)!.answer;
  const ids = new Set(before.trackIds);
  const origins: string[] = [];
  for (let index = 40; index < 70; index++) {
    // what a detector makes of smeared pictures: one box where nobody is
    const nonsense = { count: 1, data: Float32Array.of(900, 20, 1000, 90, 0.9, 1) };
    const known = scene.look(smeared(road, index));
    const answer = known ?? scene.learn(nonsense).answer;
    scene.settle();
    origins.push(answer.origin);
    assert.ok(
      [...answer.trackIds].every((id) => ids.has(id)),
      `frame ${index}: ${answer.trackIds}`,
    );
  }
  assert.ok(origins.filter((origin) => origin === 'inferred').length <= 2, `${origins}`);
  assert.is(scene.look(frameOf(road, 70)), null, 'sound pictures are looked at again');
});

test('pictures that are damaged for longer than ten seconds are taken as they are', () => {
  const road = roadOf('traffic=mixed&trees=0&width=320&height=180');
  const scene = sceneOf(0.03);
  watch(scene, road, 10);
  let newest = 0;
  for (let index = 10; index < 150; index++) {
    const { trackIds } = scene.look(smeared(road, index)) ?? scene.learn(detected(road, index)).answer;
    scene.settle();
    newest = index < 105 ? Math.max(newest, ...trackIds) : newest;
    if (index === 149) assert.ok(Math.max(...trackIds) > newest, `${trackIds} after ${newest}`);
  }
});

test('where half of the pictures are damaged for long, most of them are taken as they are', () => {
  const road = roadOf('traffic=mixed&trees=0&width=320&height=180');
  const scene = sceneOf(0);
  let spared = 0;
  for (let index = 0; index < 400; index++) {
    const isDamaged = index % 20 >= 10;
    const frame = frameOf(road, index);
    const known = scene.look({ ...frame, damaged: isDamaged });
    if (known === null) scene.learn(detected(road, index));
    else if (index >= 300) spared++;
    scene.settle();
  }
  // no loss is allowed: sound pictures are all inferred, and of 50 damaged ones a quarter of the sound ones' time is spared
  assert.ok(spared >= 10 && spared <= 15, `${spared}`);
});

test.run();
