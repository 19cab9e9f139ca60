import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CameraWatch } from '../../src/plausibility/camera-watch.js';
import { LivingClock } from '../../src/plausibility/living-clock.js';
import { RestartPlan } from '../../src/plausibility/restart-plan.js';
import { frameOf, noiseOf, scene } from './pictures.js';

const test = suite('CameraWatch');
const noisy = noiseOf(2);
const road = scene();
const model = { thresholds: [0.4], maxDetections: 100 };
const localHour = (at: number): number => new Date(at).getUTCHours();
const detections = { count: 0, data: new Float32Array(0) };

test('time stands still before a frozen picture, and is made up for after a suspicion that was wrong', () => {
  const clock = new LivingClock();
  assert.equal(
    [
      clock.at(1000, 'live'),
      clock.at(2000, 'suspected'),
      clock.at(3000, 'suspected'),
      clock.at(4000, 'live'),
      clock.at(5000, 'suspected'),
      clock.at(20_000, 'frozen'),
      clock.at(90_000, 'frozen'),
      clock.at(95_000, 'live'),
      clock.at(96_000, 'live'),
    ],
    [1000, 2000, 2000, 4000, 5000, 5000, 5000, 5000, 6000],
  );
});

test('a frozen camera is started anew at once, after 1, 2, 5 and every 15 minutes', () => {
  const plan = new RestartPlan();
  const minutes: number[] = [];
  for (let second = 0; second < 60 * 60; second++) if (plan.due(true, second * 1000)) minutes.push(second / 60);
  assert.equal(minutes, [0, 1, 3, 8, 23, 38, 53]);
});

test('a freeze soon after another goes on waiting, one after ten good minutes is mended at once', () => {
  const plan = new RestartPlan();
  assert.is(plan.due(true, 0), true);
  assert.is(plan.due(false, 20_000), false);
  assert.is(plan.due(true, 40_000), false);
  assert.is(plan.due(true, 60_000), true);
  assert.is(plan.due(false, 61_000), false);
  assert.is(plan.due(false, 660_000), false);
  assert.is(plan.due(true, 661_000), true);
  assert.is(plan.due(true, 720_000), false);
  assert.is(plan.due(true, 721_000), true);
});

/** Twelve lively seconds, then one picture for thirty. */
function freeze(watch: CameraWatch): void {
  const still = noisy(road);
  for (let i = 0; i < 210; i++) {
    const sceneMs = i * 200;
    watch.see(frameOf(i < 60 ? noisy(road) : still, sceneMs));
    watch.answered({ sceneMs, capturedAt: sceneMs, detections, sourceWidth: 160, sourceHeight: 90 });
  }
}

test('frames before a frozen picture are counted apart, and nobody knows how good their answers are', () => {
  const watch = new CameraWatch({ isCamera: true, ignored: new Set(), model, localHour });
  assert.is(watch.plausibility(), null);
  freeze(watch);
  assert.is(watch.plausibility(), 'frozen');
  assert.is(watch.frozenFrames, 75);
  assert.is(watch.hidesAccuracy, true);
  assert.is(watch.restartDue(0), true);
});

test('what is to be ignored is plausible and changes nothing', () => {
  const watch = new CameraWatch({ isCamera: true, ignored: new Set(['frozen']), model, localHour });
  freeze(watch);
  assert.is(watch.plausibility(), 'plausible');
  assert.is(watch.frozenFrames, 0);
  assert.is(watch.restartDue(0), false);
});

test.run();
