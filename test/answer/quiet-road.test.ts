import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { detected, frameOf } from './roads.js';

const SECONDS = 110;
const FPS = 5;

test('the few vehicles of a road that was empty for long are answered, with few inferences', () => {
  const road = new Road(parseSimulatorUrl(`sim://road?seed=6&traffic=empty&fps=${FPS}`));
  const scene = new KnownScene({
    thresholds: [0.35, 0.35, 0.35, 0.35, 0.35, 0.35],
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
  });
  scene.allowedLoss = 0.03;
  let [inferred, vehicles, answered] = [0, 0, 0];
  for (let index = 0; index < SECONDS * FPS; index++) {
    const frame = frameOf(road, index);
    const there = detected(road, index);
    const known = scene.look(frame);
    if (known === null) inferred++;
    const { detections } = known ?? scene.learn(there).answer;
    scene.settle();
    vehicles += there.count;
    answered += Math.min(there.count, detections.count);
  }
  const message = JSON.stringify({ inferred, vehicles, answered });
  assert.ok(vehicles > 50, message);
  assert.ok(answered > 0.9 * vehicles, message);
  assert.ok(inferred < 0.12 * SECONDS * FPS, message);
});

test.run();
