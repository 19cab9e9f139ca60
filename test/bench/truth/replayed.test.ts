import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { replayed } from '../../../bench/truth/replayed.js';
import { simulatedSequence } from '../../../bench/truth/simulated.js';
import type { Frame } from '../../../src/frame/frame.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';

const THRESHOLDS = new Array<number>(6).fill(0.35);

test('simulated roads are their own truth: a detector that knows it is right about every frame, and each vehicle keeps its number', async () => {
  const light = simulatedSequence('light', 760, 2);
  assert.is(light.name, 'sim-light-760');
  assert.is(light.truth.length, 30);
  const road = new Road(parseSimulatorUrl('sim://road?seed=760&traffic=light'));
  let inferred = 0;
  const infer = async ({ seq }: Frame) => {
    inferred++;
    const { count, data } = road.truth(seq);
    return { count, data: data.slice(0, count * 6) };
  };
  const { everyFrame, asItComes, withoutInference, agreement } = await replayed(light, light.frames(), {
    thresholds: THRESHOLDS,
    infer,
  });
  assert.is(inferred, 30);
  assert.equal([everyFrame.recall, everyFrame.precision], [1, 1]);
  assert.is(everyFrame.idSwitches, 0);
  assert.ok(withoutInference > 0.3 && withoutInference < 1, `${withoutInference}`);
  assert.ok(asItComes.f1 > 0.9 && agreement > 0.9, `${asItComes.f1}, ${agreement}`);
});

test('what is hidden by half need not be found, and may be', () => {
  const rush = simulatedSequence('rush', 760, 1);
  const road = new Road(parseSimulatorUrl('sim://road?seed=760&traffic=rush'));
  const { visible, count } = road.truth(0);
  const hidden = [...visible.subarray(0, count)].filter((share) => share < 0.5).length;
  assert.is(rush.truth[0]!.ignore!.length, hidden);
  assert.is(rush.truth[0]!.boxes.length, count - hidden);
});

test.run();
