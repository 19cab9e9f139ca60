import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, ToldCrossings, TrueCrossings, total } from '../../bench/crossings/gates.js';
import { Eye } from '../../scripts/answering-pictures/answered.js';
import { KnownScene } from '../../src/answer/known-scene.js';
import { BLOCKS } from '../../src/answer/scene/grid.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { frameOf } from './roads.js';

test('a queue that stood for 40 s and drives off is counted at 5 frames/s, most frames not inferred', async () => {
  const road = new Road(parseSimulatorUrl('sim://road?seed=42&traffic=rush&red=45&fps=5'));
  const eye = await Eye.open();
  const scene = new KnownScene({
    thresholds: eye.thresholds,
    masked: new Uint8Array(BLOCKS),
    maxAgeMs: 2000,
    maxIdleAgeMs: 30_000,
    scenes: () => null,
  });
  scene.allowedLoss = 0.03;
  const truth = new TrueCrossings();
  const told = new ToldCrossings();
  let inferred = 0;
  const frames = 90 * road.fps;
  for (let index = 0; index < frames; index++) {
    const frame = frameOf(road, index);
    truth.see(road, index);
    const known = scene.look(frame);
    if (known === null) inferred++;
    told.see(frame, known ?? scene.learn(await eye.infer(frame)).answer);
    scene.settle();
  }
  const message = JSON.stringify({ truth: truth.counts, told: told.counts, inferred });
  assert.ok(total(truth.counts) > 150, message);
  assert.ok(differences(truth.counts, told.counts) <= 0.1 * total(truth.counts), message);
  assert.ok(inferred < 0.2 * frames, message);
});

test.run();
