import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FilmedFrame } from '../../../bench/rules/filmed-road.js';
import { ruledRoad } from '../../../bench/rules/ruled-road.js';
import type { ExpectedAct } from '../../../bench/rules/true-acts.js';
import { judge, noScores } from '../../../bench/rules/verdicts.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';

const road = new Road(parseSimulatorUrl('sim://road?seed=3&traffic=rush&width=160&height=120&fps=5'));
const FRAME = 50;
const { ids, data } = road.truth(FRAME);
const frames = Array.from({ length: FRAME + 1 }, (_, i) => ({ sceneMs: road.sceneMs(i), truth: road.truth(i) }));
const filmed = { frames: frames as unknown as FilmedFrame[] };
const told = {
  offence: 'wrong-way',
  box: [...data.subarray(0, 4)] as [number, number, number, number],
  frame: FRAME,
} as const;
const at = road.sceneMs(FRAME) - 1000;
const act: ExpectedAct = {
  offence: 'wrong-way',
  vehicle: ids[0]!,
  at,
  from: at,
  until: at,
  doubt: null,
  isDetected: false,
};

test('an event on the vehicle that did it is right, with its delay; a second one is wrong, an act without one is missed', () => {
  const scores = noScores();
  judge(scores, [told, told], [act, { ...act, vehicle: -1 }], filmed);
  assert.equal(scores['wrong-way'], {
    right: 1,
    wrong: 1,
    missed: 1,
    undetected: 1,
    limit: 0,
    unclear: 0,
    unclearTold: 0,
    delays: [1],
  });
});

test('an event on nobody, on another vehicle or of another offence is wrong; what is open is judged neither way', () => {
  const scores = noScores();
  judge(
    scores,
    [
      { ...told, box: [0, 0, 1, 1] },
      { ...told, offence: 'u-turn' },
    ],
    [act],
    filmed,
  );
  assert.is(scores['wrong-way'].wrong, 1);
  assert.is(scores['u-turn'].wrong, 1);
  const open = noScores();
  judge(open, [told, told], [{ ...act, doubt: 'unclear' }], filmed);
  assert.equal(open['wrong-way'], {
    right: 0,
    wrong: 0,
    missed: 0,
    undetected: 0,
    limit: 0,
    unclear: 1,
    unclearTold: 1,
    delays: [],
  });
});

test('what is drawn on a simulated road is a configuration that can be used, with a rule of each offence', () => {
  const { rules } = ruledRoad(road);
  assert.is(new Set(rules.map(({ offence }) => offence)).size, 5);
});

test.run();
