import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isPermitted } from '../../../bench/control/permitted.js';
import { smallScenario } from './small-board.js';

const permitted = (trace: Record<string, unknown>) => {
  const scenario = smallScenario(trace);
  return scenario.plant.points.filter((_, i) => isPermitted(scenario, i)).map(({ variant }) => variant);
};

test('pinned knobs, no switches and memory leave the oracle no more than they leave the tuning', () => {
  assert.equal(permitted({}), ['a', 'b']);
  assert.equal(permitted({ pinned: ['workers'] }), ['a', 'b']);
  assert.equal(permitted({ pinned: ['variant'] }), ['a']);
  assert.equal(permitted({ budgets: { maxSwitchesPerHour: 0 } }), ['a']);
  assert.equal(permitted({ budgets: { maxMemoryBytes: 150e6 } }), []);
});

test.run();
