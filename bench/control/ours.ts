import { Controller } from '../../src/tune/control/controller.js';
import type { KnownPoint } from '../../src/tune/operating-point.js';
import { type Contender, DECIDE_EVERY_S } from './contenders.js';
import { plainKnobs } from './plant.js';
import type { Scenario } from './scenario.js';
import { TrialLoop } from './trial-loop.js';

/** This project's tuning as `run` has it: the controller decides, every change is a trial. It begins with the smallest point. */
export function ours(scenario: Scenario): Contender {
  const points = knownPoints(scenario);
  const controller = controllerOf(scenario, points);
  const start = startOf(points);
  const trials = new TrialLoop(controller, points, { start, pinned: scenario.pinned });
  return {
    name: 'tuning',
    start,
    everyS: DECIDE_EVERY_S,
    isMeasured: true,
    decide: (observation) => trials.decide(observation),
    changed: (knobs, now) => trials.changed(knobs, now),
    failed: (point, now) => trials.failed(point, now),
    forecast: () => trials.forecast,
  };
}

/** The controller alone: what it decides is done, and nobody looks whether it was for the better. */
export function controllerAlone(scenario: Scenario): Contender {
  const points = knownPoints(scenario);
  const controller = controllerOf(scenario, points);
  let forecast: number | null = null;
  return {
    name: 'controller alone',
    start: startOf(points),
    everyS: DECIDE_EVERY_S,
    isMeasured: true,
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

/** What is known of the points, without what only the plant knows. */
const knownPoints = ({ plant }: Scenario): KnownPoint[] => plant.points.map(({ truth: _, ...known }) => known);

function controllerOf({ budgets, pinned, plant }: Scenario, points: readonly KnownPoint[]): Controller {
  return new Controller({ points, budgets, pinned, cores: plant.cores });
}

const startOf = (points: readonly KnownPoint[]) =>
  plainKnobs(points.reduce((a, b) => (b.serviceMs < a.serviceMs ? b : a)));
