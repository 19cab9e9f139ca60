import { Controller } from '../../src/tune/control/controller.js';
import type { KnownPoint } from '../../src/tune/operating-point.js';
import { type Contender, DECIDE_EVERY_S } from './contenders.js';
import { plainKnobs } from './plant.js';
import type { Scenario } from './scenario.js';

/** This project's controller: it knows the profile, not the truth, and starts where the fixed smallest does. */
export function ours(scenario: Scenario): Contender {
  const points = scenario.plant.points.map(knownPoint);
  const controller = new Controller({ points, budgets: scenario.budgets, pinned: scenario.pinned });
  const smallest = points.reduce((a, b) => (b.serviceMs < a.serviceMs ? b : a));
  let forecast: number | null = null;
  return {
    name: 'controller',
    start: plainKnobs(smallest),
    everyS: DECIDE_EVERY_S,
    decide(observation) {
      const decision = controller.decide(observation);
      forecast = decision.forecast.temperature;
      return decision.knobs;
    },
    changed: (knobs) => controller.changed(knobs),
    failed: (point, now) => controller.failed(point, now),
    forecast: () => forecast,
  };
}

/** What is known of a point, without what only the plant knows. */
function knownPoint({ truth: _, ...known }: Scenario['plant']['points'][number]): KnownPoint {
  return known;
}
