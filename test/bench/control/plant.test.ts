import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Plant, plainKnobs } from '../../../bench/control/plant.js';
import type { Scenario } from '../../../bench/control/scenario.js';
import { smallBoard, smallScenario } from './small-board.js';

function pass(plant: Plant, seconds: number): void {
  for (let second = 0; second < seconds; second++) plant.second();
}

const small = (scenario: Scenario) => plainKnobs(scenario.plant.points[0]!);
const large = (scenario: Scenario) => plainKnobs(scenario.plant.points[1]!);

test('a board that keeps up answers every frame as right as its point, and draws what the pictures cost', () => {
  const scenario = smallScenario();
  const plant = new Plant(scenario, small(scenario));
  pass(plant, 1800);
  // 10 frames/s of which 2 are inferred, 200 mJ each, beside 2 W at rest
  assert.ok(Math.abs(plant.score.right / plant.score.frames - 0.8) < 1e-3);
  assert.is(plant.watts.toFixed(3), '2.400');
  assert.is(plant.thermal.temperatures[0]!.toFixed(1), '48.5');
  assert.is(plant.score.throttledS, 0);
});

test('work that is too warm for the board is throttled, and counted', () => {
  const scenario = smallScenario({ ambient: 55, demand: { quietShare: 1, busyShare: 1 } });
  const plant = new Plant(scenario, large(scenario));
  pass(plant, 1800);
  assert.ok(plant.score.throttledS > 600);
  assert.ok(plant.score.hottest > 79);
});

test('another point serves when it is warm, and the old one until then', () => {
  const scenario = smallScenario();
  const plant = new Plant(scenario, small(scenario));
  pass(plant, 10);
  plant.apply(large(scenario));
  pass(plant, 2);
  assert.is(plant.point, 0);
  assert.is(plant.serving.lateShare < 1e-3, true);
  pass(plant, 1);
  assert.is(plant.point, 1);
  assert.equal(plant.score.switches, [10]);
  assert.is(plant.score.gapS, 0);
});

test('two that do not fit beside each other leave a gap without answers', () => {
  const scenario = smallScenario({}, { memoryElsewhereBytes: 750e6 });
  const plant = new Plant(scenario, small(scenario));
  plant.apply(large(scenario));
  pass(plant, 3);
  assert.is(plant.point, 1);
  assert.is(plant.score.gapS, 3);
});

test('a point that cannot be loaded never serves, and is told', () => {
  const scenario = smallScenario({ events: [{ at: 0, kind: 'point-fails', point: { variant: 'b' } }] });
  const plant = new Plant(scenario, small(scenario));
  plant.apply(large(scenario));
  pass(plant, 5);
  assert.is(plant.point, 0);
  assert.is(plant.failed?.variant, 'b');
});

test('a leak takes the memory until the program is killed and begins anew', () => {
  const scenario = smallScenario({
    events: [{ at: 0, kind: 'point-leaks', point: { variant: 'b' }, bytesPerS: 10e6 }],
  });
  const plant = new Plant(scenario, large(scenario));
  pass(plant, 30);
  assert.is(plant.memoryBytes, 500e6);
  pass(plant, 30);
  // 700 MB are there for it, 200 of which it takes at first: killed after 51 s
  assert.is(plant.score.killed, 1);
  assert.is(plant.score.gapS, 9);
});

test('the sensor lies, sticks and goes, while the board goes on', () => {
  const scenario = smallScenario({
    events: [
      { at: 60, until: 120, kind: 'sensor-off', kelvin: -7 },
      { at: 120, until: 180, kind: 'sensor-stuck' },
      { at: 180, kind: 'sensor-gone' },
    ],
  });
  const plant = new Plant(scenario, small(scenario));
  pass(plant, 60);
  const honest = plant.observe().temperature!;
  assert.ok(Math.abs(honest - plant.thermal.temperatures[0]!) <= 0.05);
  pass(plant, 50);
  const off = plant.observe().temperature!;
  assert.ok(Math.abs(off + 7 - plant.thermal.temperatures[0]!) <= 0.05);
  pass(plant, 50);
  assert.is(plant.observe().temperature, off);
  pass(plant, 50);
  assert.is(plant.observe().temperature, null);
});

test('an observation tells what was asked for and done since the last one, per camera that is there', () => {
  const scenario = smallScenario({ events: [{ at: 600, kind: 'camera', camera: { framesPerS: 5 } }] });
  const plant = new Plant(scenario, small(scenario));
  pass(plant, 60);
  const before = plant.observe();
  assert.equal(
    before.cameras.map(({ camera, framesPerS, wantedPerS }) => ({ camera, framesPerS, wantedPerS })),
    [{ camera: 'camera-1', framesPerS: 10, wantedPerS: 2 }],
  );
  assert.is(before.serviceMs!.toFixed(6), '10.000000');
  assert.equal(before.throttledBy, []);
  pass(plant, 560);
  plant.observe();
  pass(plant, 5);
  assert.equal(
    plant.observe().cameras.map(({ framesPerS }) => framesPerS),
    [10, 5],
  );
});

test('a variant that finds less is seen in the vehicles and by the audits, not in what is known of it', () => {
  const scenario = smallScenario({ events: [{ at: 60, kind: 'point-inaccurate', point: 'smallest', finds: 0.5 }] });
  const plant = new Plant(scenario, small(scenario));
  pass(plant, 60);
  const before = plant.observe();
  pass(plant, 10);
  const after = plant.observe();
  assert.is((after.cameras[0]!.vehicles! / before.cameras[0]!.vehicles!).toFixed(3), '0.500');
  // F1 of all against half of them: 2 × 0.5 / 1.5
  assert.is((after.keptF1! / before.keptF1!).toFixed(3), '0.667');
  assert.is(scenario.conditions.at(-1)!.accuracy[0]!.toFixed(3), (0.8 * 0.6667).toFixed(3));
});

test('knobs that the board has no point for are a mistake of whoever turns them', () => {
  const scenario = smallScenario();
  const plant = new Plant(scenario, small(scenario));
  const [point] = smallBoard()['points'] as { variant: string }[];
  assert.throws(
    () => plant.apply(plainKnobs({ ...scenario.plant.points[0]!, ...point, variant: 'c' })),
    /no point n c cpu/,
  );
});

test.run();
