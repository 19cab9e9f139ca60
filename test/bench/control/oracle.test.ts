import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Contender, compete, fixed, mostWithin, thresholdSteps } from '../../../bench/control/contenders.js';
import { oracle, planOf, THROTTLING_COSTS } from '../../../bench/control/oracle.js';
import { plainKnobs } from '../../../bench/control/plant.js';
import type { Scenario } from '../../../bench/control/scenario.js';
import { smallScenario } from './small-board.js';

const STEP_S = 60;

/** Goes through a given sequence of points, a minute each. */
function scripted(scenario: Scenario, points: readonly number[]): Contender {
  return {
    name: 'scripted',
    start: plainKnobs(scenario.plant.points[points[0]!]!),
    everyS: STEP_S,
    decide: (observation) => plainKnobs(scenario.plant.points[points[Math.round(observation.now / 1000 / STEP_S)]!]!),
  };
}

/** The best of all sequences that may be: each point stays `hold` minutes at least, none throttles. */
function bruteForce(scenario: Scenario, minutes: number, hold: number): { accuracy: number; tried: number } {
  let best = { accuracy: 0, tried: 0 };
  for (let code = 0; code < 2 ** minutes; code++) {
    const points = Array.from({ length: minutes }, (_, minute) => (code >> minute) & 1);
    const changes = points.flatMap((point, i) => (i > 0 && point !== points[i - 1] ? [i] : []));
    if (changes.some((at, i) => i > 0 && at - changes[i - 1]! < hold)) continue;
    const { accuracy, throttledS } = compete(scenario, scripted(scenario, points));
    best = { accuracy: throttledS === 0 ? Math.max(best.accuracy, accuracy) : best.accuracy, tried: best.tried + 1 };
  }
  return best;
}

const CASES: readonly [string, Record<string, unknown>][] = [
  [
    'a board that gets too warm',
    { ambient: 50, demand: { quietShare: 0.3, busyShare: 0.3 }, budgets: { maxSwitchesPerHour: 30 } },
  ],
  [
    'a rush in the middle',
    {
      traffic: { stepS: 60, values: [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0] },
      demand: { quietShare: 0.1, busyShare: 1 },
      cameras: 4,
      budgets: { maxSwitchesPerHour: 30 },
    },
  ],
  [
    'a variant that becomes slow',
    {
      events: [{ at: 360, kind: 'point-slower', point: { variant: 'b' }, factor: 30 }],
      budgets: { maxSwitchesPerHour: 12 },
    },
  ],
];

for (const [name, trace] of CASES) {
  test(`${name}: the plan is within 0.3 % of the best of all sequences, and throttles no second`, () => {
    const minutes = 11;
    const scenario = smallScenario({ hours: minutes / 60, ...trace });
    const plan = planOf(scenario, THROTTLING_COSTS.never, 0.7);
    const planned = compete(scenario, oracle(scenario, plan));
    const brute = bruteForce(scenario, minutes, plan.holdSteps);
    assert.ok(brute.tried > 20);
    assert.is(planned.throttledS, 0);
    assert.ok(planned.accuracy >= brute.accuracy * 0.997, `${planned.accuracy} against ${brute.accuracy}`);
    assert.ok(plan.bound >= brute.accuracy - 1e-9, `${plan.bound} is no bound of ${brute.accuracy}`);
  });
}

test('where throttling cannot be avoided the plan answers as well as it can', () => {
  const scenario = smallScenario({ hours: 0.5, ambient: 75 });
  const plan = planOf(scenario, THROTTLING_COSTS.ifNeedBe, 0.7);
  const planned = compete(scenario, oracle(scenario, plan));
  const best = Math.max(...[0, 1].map((point) => compete(scenario, fixed(scenario, point)).accuracy));
  assert.ok(planned.throttledS > 0);
  assert.ok(planned.accuracy >= best * 0.997, `${planned.accuracy} against ${best}`);
});

test('steps at thresholds go down above 80 °C and up below 70 °C, a rung a minute', () => {
  const scenario = smallScenario();
  const steps = thresholdSteps(scenario);
  const knobs = steps.start;
  const at = (temperature: number | null) =>
    steps.decide!({ temperature, knobs } as Parameters<NonNullable<Contender['decide']>>[0], null as never)?.point
      .variant;
  assert.is(knobs.point.variant, 'b');
  assert.equal([75, 81, 82, null, 75, 69, 60].map(at), [
    undefined,
    'a',
    undefined,
    undefined,
    undefined,
    'b',
    undefined,
  ]);
});

test('switches are counted within any hour, not by the clock', () => {
  assert.is(mostWithin([0, 3500, 3599, 3601, 7300], 3600), 3);
  assert.is(mostWithin([], 3600), 0);
});

test.run();
