import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { realTimeGoals, realTimeRows, type TruthRun } from '../../../bench/truth/real-time.js';

const test = suite('contenders in real time against what people saw');

const ran = (contender: TruthRun['contender'], f1: number, cpuMsPerFrame: number): TruthRun => ({
  contender,
  verdict: { recall: f1, precision: f1, f1, idSwitches: null, frames: 100 },
  cpuMsPerFrame,
  withoutInference: contender === 'naive' ? 0 : 0.9,
  answeredBy: 'roadside-n fp32',
});

test('a contender that failed has a row that says why, and what was measured of the others stays', () => {
  const runs = [ran('naive', 0.9, 40), ran('untuned', 0.88, 10)];
  const all = new Map([['road', { runs, failures: { tuned: 'ended with 1: no model' } }]]);
  const [naive, untuned, tuned] = realTimeRows(all);
  assert.equal([naive!['f1'], untuned!['f1'], tuned!['f1']], [0.9, 0.88, null]);
  assert.is(tuned!['failed'], 'ended with 1: no model');
  assert.not('failed' in naive!);
  assert.ok(realTimeGoals(all).every(({ met, value }) => met === null && value === null));
});

test('the tuned program is judged beside the naive script, by the medians of the rounds', () => {
  const runs = [ran('naive', 0.9, 40), ran('tuned', 0.95, 10), ran('naive', 0.92, 40), ran('tuned', 0.95, 14)];
  const goals = realTimeGoals(new Map([['road', { runs, failures: {} }]]));
  assert.equal(
    goals.map(({ value, met }) => [value, met]),
    [
      [0.04, true],
      [0.3, true],
    ],
  );
});

test.run();
