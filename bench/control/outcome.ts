import { worth } from '../../src/tune/control/modes.js';
import { scenarioOf } from './conditions.js';
import {
  type Contender,
  compete,
  DECIDE_EVERY_S,
  fixed,
  fixedSmallest,
  kernelAlone,
  type Run,
  thresholdSteps,
} from './contenders.js';
import { oracle, planOf, THROTTLING_COSTS } from './oracle.js';
import { isPermitted } from './permitted.js';
import type { PlantDescription } from './plant-file.js';
import type { Scenario } from './scenario.js';
import type { TraceDescription } from './trace-file.js';

/** s over which trials judge a change of the point. */
const WINDOW_S = 40;
/** K below the trip point that a plan keeps. */
const MARGINS = [0.7, 2.5] as const;
/** Bounds on inferences that a fixed setting is tried with, ms. */
const BOUNDS_MS = [140, 200, 400, 800] as const;
/** Share of its time with a spoilt point below which the oracle is said to have left it: then it harms. */
const LEFT_SHARE = 0.1;

/** Every contender on one board through one trace. */
export interface CaseOutcome {
  readonly plant: string;
  readonly trace: string;
  readonly seed: number;
  readonly hours: number;
  /** Effective accuracy that nobody can pass. */
  readonly bound: number;
  readonly oracle: Run;
  readonly ours: Run;
  readonly bestFixed: Run;
  readonly smallest: Run;
  readonly threshold: Run;
  readonly kernel: Run;
  /** Windows that the controller served with a point after that was spoilt; null: none was spoilt that the oracle would leave. */
  readonly windowsToLeave: number | null;
}

export interface CaseOptions {
  readonly plant: PlantDescription;
  readonly trace: TraceDescription;
  readonly seed: number;
  readonly controller: (scenario: Scenario) => Contender;
  readonly isDrawn?: boolean;
}

export function outcomeOf({ plant, trace, seed, controller, isDrawn = false }: CaseOptions): CaseOutcome {
  const scenario = scenarioOf(plant, trace, seed);
  const run = (contender: Contender) => compete(scenario, contender, isDrawn);
  const own = run(controller(scenario));
  const everyPoint = plant.points.map((_, point) => compete(scenario, fixed(scenario, point)));
  const { best: planned, bound } = bestPlanned(scenario, isDrawn);
  let best = planned;
  const bestFixed = bestFixedOf(scenario, everyPoint, best.throttledS);
  // a plan on a grid may miss by a little what a setting for good reaches
  if (worthOf(bestFixed, scenario) > worthOf(best, scenario) && bestFixed.throttledS <= best.throttledS) {
    best = { ...bestFixed, contender: 'oracle' };
  }
  return {
    plant: plant.name,
    trace: trace.name,
    seed,
    hours: trace.hours,
    bound,
    oracle: best,
    ours: own,
    bestFixed,
    smallest: run(fixedSmallest(scenario)),
    threshold: run(thresholdSteps(scenario)),
    kernel: run(kernelAlone(scenario)),
    windowsToLeave: windowsToLeave(scenario, best, own),
  };
}

/**
 * A plan that never throttles, where there is one: kept so far from the trip point as it takes. Else one that does so only where it
 * pays.
 */
function bestPlanned(scenario: Scenario, isDrawn: boolean): { readonly best: Run; readonly bound: number } {
  let bound = 1;
  for (const margin of MARGINS) {
    const plan = planOf(scenario, THROTTLING_COSTS.never, margin);
    bound = plan.bound;
    const best = compete(scenario, oracle(scenario, plan), isDrawn);
    if (best.throttledS === 0) return { best, bound };
  }
  const plan = planOf(scenario, THROTTLING_COSTS.ifNeedBe, MARGINS[0]);
  return { best: compete(scenario, oracle(scenario, plan), isDrawn), bound };
}

/**
 * The best setting for good, known only in hindsight, among those that throttle no longer than the oracle; among all where there is
 * none. A bound on inferences is tried where frames are lost without.
 */
function bestFixedOf(scenario: Scenario, everyPoint: readonly Run[], mostThrottledS: number): Run {
  const promising = everyPoint
    .map((run, point) => ({ run, point }))
    .filter(({ point }) => isPermitted(scenario, point))
    .sort((a, b) => worthOf(b.run, scenario) - worthOf(a.run, scenario))
    .slice(0, 4);
  const bounded = promising.flatMap(({ point }) =>
    BOUNDS_MS.map((intervalMs) => compete(scenario, fixed(scenario, point, intervalMs))),
  );
  const all = [...everyPoint.filter((_, point) => isPermitted(scenario, point)), ...bounded];
  const allowed = all.filter(({ throttledS }) => throttledS <= mostThrottledS);
  const best = (allowed.length > 0 ? allowed : all.length > 0 ? all : everyPoint).reduce((a, b) =>
    worthOf(b, scenario) > worthOf(a, scenario) ? b : a,
  );
  return { ...best, contender: 'best fixed' };
}

/** What a run was worth to the user: its accuracy, less what its watts must bring in the budgets' mode; points. */
function worthOf({ accuracy, joules, seconds }: Run, { budgets }: Scenario): number {
  return worth(accuracy, joules / seconds, budgets.mode);
}

/** The longest time that the controller went on with points after they were spoilt, where the oracle knows that they are to be left. */
function windowsToLeave({ harmful }: Scenario, best: Run, own: Run): number | null {
  let most: number | null = null;
  for (const { points, at, until } of harmful) {
    const [from, to] = [Math.ceil(at / DECIDE_EVERY_S), Math.floor(until / DECIDE_EVERY_S)];
    if (shareOf(best.points.subarray(from, to), points) > LEFT_SHARE) continue;
    most = Math.max(most ?? 0, (longestStay(own.points.subarray(from, to), points) * DECIDE_EVERY_S) / WINDOW_S);
  }
  return most;
}

function shareOf(inUse: Uint8Array, points: readonly number[]): number {
  let count = 0;
  for (const one of inUse) if (points.includes(one)) count++;
  return count / Math.max(1, inUse.length);
}

function longestStay(inUse: Uint8Array, points: readonly number[]): number {
  let [longest, now] = [0, 0];
  for (const one of inUse) longest = Math.max(longest, (now = points.includes(one) ? now + 1 : 0));
  return longest;
}
