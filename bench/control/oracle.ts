import { POINTS_PER_WATT } from '../../src/tune/control/modes.js';
import type { Contender } from './contenders.js';
import { isPermitted } from './permitted.js';
import { plainKnobs } from './plant.js';
import { CONDITIONS_S, type Conditions, type Scenario } from './scenario.js';
import { servingAt } from './serving.js';
import { type RestResponse, ThermalNetwork } from './thermal-network.js';

/** Bounds on inferences that it may set, ms. */
export const INTERVALS = [0, 100, 140, 200, 280, 400, 560, 800, 1600] as const;
/** Steps of a plan at most: a minute each up to a day, longer ones beyond. */
const MOST_STEPS = 1440;
const STEP_S = 60;
const LEVELS = 32;
/** Steps that a point must stay at most, whatever the budget of switches: every one multiplies the states. */
const MOST_HOLD_STEPS = 60;
/** Answers lost to a swap, s: so that it swaps for a reason. */
const SWAP_COST_S = 2;
/** s without answers once a leak has taken all memory. */
const KILLED_S = 20;

/**
 * What a second of throttling (or outside a budget) costs, in seconds of perfect answers: more than anything could bring, or no
 * more than it does to the answers.
 */
export const THROTTLING_COSTS = { never: 20, ifNeedBe: 0.3 } as const;

/** A plan with the whole trace known: for each step, what to do, by what is in use, how long it must stay, and how warm it is. */
export interface Plan {
  readonly stepS: number;
  readonly holdSteps: number;
  readonly levels: Float64Array;
  /** `point × INTERVALS + interval`, by step, point, hold, level. */
  readonly actions: Uint16Array;
  /** Effective accuracy that nobody can pass: the best of every step without regard to heat, swaps or anything before. */
  readonly bound: number;
  /** Where to begin. */
  readonly first: { readonly point: number; readonly intervalMs: number };
}

/**
 * Plans by dynamic programming from the end of the trace. State: point in use × steps that it must stay × temperature of the
 * slowest body in LEVELS; the other bodies are taken to be at rest around it. Where a setting is too warm it is worth what the
 * board's own governor leaves of it, less `throttlingCost`.
 *
 * The grid makes the plan near the best, not the best: what is reported is the plan carried out on the plant itself, a lower
 * bound of what could be reached. `bound` is an upper one.
 *
 * @param margin K below the trip point that it keeps: its forecasts go in steps
 */
export function planOf(scenario: Scenario, throttlingCost: number, margin: number): Plan {
  const { plant, seconds, budgets } = scenario;
  const stepS = Math.max(STEP_S, Math.ceil(seconds / MOST_STEPS / STEP_S) * STEP_S);
  const steps = Math.ceil(seconds / stepS);
  const points = plant.points.length;
  const mayChange = budgets.maxSwitchesPerHour > 0;
  const hold = mayChange ? Math.ceil(3600 / budgets.maxSwitchesPerHour / stepS) : 1;
  const holdSteps = Math.min(MOST_HOLD_STEPS, Math.max(1, hold));
  const levels = levelsOf(scenario);
  const states = points * holdSteps * LEVELS;
  const prospects = new Prospects(scenario, levels, throttlingCost, margin);
  const actions = new Uint16Array(steps * states);
  const stay = new Float64Array(states);
  const stayAction = new Uint16Array(states);
  let next = new Float64Array(states);
  let values = new Float64Array(states);
  let boundSum = 0;
  let frameSum = 0;
  for (let step = steps - 1; step >= 0; step--) {
    const { all, middle } = conditionsIn(scenario, step, stepS);
    prospects.look(all, middle, stepS);
    boundSum += prospects.most * prospects.frames;
    frameSum += prospects.frames;
    stayEverywhere(next);
    changeWherePossible(step * states, middle);
    [next, values] = [values, next];
  }
  const cold = nearest(levels, scenario.conditions[0]!.ambient + 5);
  let first = 0;
  for (let point = 1; point < points; point++) {
    if (next[point * holdSteps * LEVELS + cold]! > next[first * holdSteps * LEVELS + cold]!) first = point;
  }
  const action = actions[first * holdSteps * LEVELS + cold]!;
  return {
    stepS,
    holdSteps,
    levels,
    actions,
    bound: frameSum === 0 ? 1 : boundSum / frameSum,
    first: { point: Math.floor(action / INTERVALS.length), intervalMs: INTERVALS[action % INTERVALS.length]! },
  };

  /** What every state is worth if the point stays, with its best interval. */
  function stayEverywhere(later: Float64Array): void {
    const { gained, along, isDouble } = prospects;
    for (let point = 0; point < points; point++) {
      for (let hold = 0; hold < holdSteps; hold++) {
        const row = (point * holdSteps + hold) * LEVELS;
        const laterRow = (point * holdSteps + Math.max(0, hold - 1)) * LEVELS;
        for (let level = 0; level < LEVELS; level++) {
          let best = Number.NEGATIVE_INFINITY;
          let bestKind = 0;
          for (let kind = point * INTERVALS.length; kind < (point + 1) * INTERVALS.length; kind++) {
            if (isDouble[kind]) continue;
            const cell = kind * LEVELS + level;
            const low = Math.floor(along[cell]!);
            const part = along[cell]! - low;
            const value = gained[cell]! + later[laterRow + low]! * (1 - part) + later[laterRow + low + 1]! * part;
            if (value > best) {
              best = value;
              bestKind = kind;
            }
          }
          stay[row + level] = best;
          stayAction[row + level] = bestKind;
        }
      }
    }
  }

  /** Where a point need not stay, changing to the best other one may be worth more. */
  function changeWherePossible(base: number, { fails }: Conditions): void {
    const cost = SWAP_COST_S * prospects.frames;
    for (let level = 0; level < LEVELS; level++) {
      let [best, second] = [-1, -1];
      const fresh = (point: number) => (point * holdSteps + holdSteps - 1) * LEVELS + level;
      for (let point = 0; point < points; point++) {
        if (fails[point]) continue;
        if (best < 0 || stay[fresh(point)]! > stay[fresh(best)]!) [best, second] = [point, best];
        else if (second < 0 || stay[fresh(point)]! > stay[fresh(second)]!) second = point;
      }
      for (let point = 0; point < points; point++) {
        const other = best === point ? second : best;
        for (let hold = 0; hold < holdSteps; hold++) {
          const state = (point * holdSteps + hold) * LEVELS + level;
          const changes = mayChange && hold === 0 && other >= 0 && stay[fresh(other)]! - cost > stay[state]!;
          values[state] = changes ? stay[fresh(other)]! - cost : stay[state]!;
          actions[base + state] = stayAction[changes ? fresh(other) : state]!;
        }
      }
    }
  }
}

/** Carries a plan out: at each step looks how warm the plant really is. */
export function oracle(scenario: Scenario, plan: Plan): Contender {
  const { plant } = scenario;
  const { stepS, holdSteps, levels, actions, first } = plan;
  const states = plant.points.length * holdSteps * LEVELS;
  let changedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'oracle',
    start: plainKnobs(plant.points[first.point]!, first.intervalMs),
    everyS: stepS,
    decide(observation, board) {
      const step = Math.round(board.now / stepS);
      const hold = Math.max(0, Math.min(holdSteps - 1, holdSteps - Math.round((board.now - changedAt) / stepS)));
      const level = nearest(levels, board.thermal.temperatures[board.thermal.slowest]!);
      const action = actions[step * states + (board.point * holdSteps + hold) * LEVELS + level]!;
      const point = Math.floor(action / INTERVALS.length);
      const intervalMs = INTERVALS[action % INTERVALS.length]!;
      if (point !== board.point) changedAt = board.now;
      else if (intervalMs === observation.knobs.inferenceIntervalMs) return null;
      return plainKnobs(plant.points[point]!, intervalMs);
    },
  };
}

/** What every action would bring in one step, from every temperature. */
class Prospects {
  /** By action and level: answers gained in the step; where between two levels the slowest body then is. */
  readonly gained: Float64Array;
  readonly along: Float64Array;
  /** By action: its bound on inferences binds nothing, so that it is the same as none. */
  readonly isDouble: Uint8Array;
  /** Best effective accuracy of any action on a cool board, and frames per second. */
  most = 0;
  frames = 0;
  readonly #scenario: Scenario;
  readonly #levels: Float64Array;
  readonly #throttlingCost: number;
  readonly #margin: number;
  /** What a watt must bring, the same as for the controller, as a share of a second's answers. */
  readonly #perWatt: number;
  readonly #usable: readonly boolean[];
  readonly #network: ThermalNetwork;
  readonly #responses = new Map<number, RestResponse>();

  constructor(scenario: Scenario, levels: Float64Array, throttlingCost: number, margin: number) {
    const kinds = scenario.plant.points.length * INTERVALS.length;
    this.#scenario = scenario;
    this.#levels = levels;
    this.#throttlingCost = throttlingCost;
    this.#margin = margin;
    this.#perWatt = POINTS_PER_WATT[scenario.budgets.mode] / 100;
    this.#usable = scenario.plant.points.map((_, point) => isPermitted(scenario, point));
    this.#network = new ThermalNetwork(scenario.plant.thermal, 25);
    this.gained = new Float64Array(kinds * LEVELS);
    this.along = new Float64Array(kinds * LEVELS);
    this.isDouble = new Uint8Array(kinds);
  }

  look(all: readonly Conditions[], middle: Conditions, stepS: number): void {
    this.frames = 0;
    for (const frames of middle.framesPerS) this.frames += frames;
    this.most = 0;
    const { pinned } = this.#scenario;
    let busiest = 0;
    for (const { wantedPerS } of all) for (const wanted of wantedPerS) busiest = Math.max(busiest, wanted);
    for (let kind = 0; kind < this.isDouble.length; kind++) {
      const point = Math.floor(kind / INTERVALS.length);
      const intervalMs = INTERVALS[kind % INTERVALS.length]!;
      const isBound = intervalMs > 0 && 1000 / intervalMs < busiest && !pinned.has('inferenceIntervalMs');
      this.isDouble[kind] = intervalMs === 0 || isBound ? 0 : 1;
      if (this.isDouble[kind]) continue;
      if (this.#usable[point]) this.#lookAt(kind, point, intervalMs, all, middle, stepS);
      else this.gained.fill(-1e9, kind * LEVELS, (kind + 1) * LEVELS);
    }
  }

  #lookAt(
    kind: number,
    point: number,
    intervalMs: number,
    all: readonly Conditions[],
    middle: Conditions,
    stepS: number,
  ): void {
    const levels = this.#levels;
    const spacing = levels[1]! - levels[0]!;
    const byClock: (StepOutcome | undefined)[] = [];
    const at = (clock: number) => (byClock[clock] ??= averageOutcome(this.#scenario, all, point, intervalMs, clock));
    const full = at(middle.modeClock);
    this.most = Math.max(this.most, full.accuracy);
    for (let level = 0; level < LEVELS; level++) {
      const { slow, outcome, isThrottled } = this.#forecast(levels[level]!, at, middle, stepS);
      const cell = kind * LEVELS + level;
      const worth = outcome.accuracy - this.#perWatt * outcome.watts - (isThrottled ? this.#throttlingCost : 0);
      this.gained[cell] = worth * stepS * this.frames;
      this.along[cell] = Math.min(LEVELS - 1.000001, Math.max(0, (slow - levels[0]!) / spacing));
    }
  }

  /** Follows the slowest body through a step, at the clock that the governor would come to. */
  #forecast(temperature: number, at: (clock: number) => StepOutcome, conditions: Conditions, stepS: number) {
    const { plant, budgets } = this.#scenario;
    const { trips, powerLimit } = plant.governor;
    const limit = trips[0]!.at - this.#margin;
    const budget = (budgets.maxTemperature ?? Number.POSITIVE_INFINITY) - this.#margin;
    const lowest = trips.at(-1)!.lowestClock;
    const mostWatts = powerLimit?.watts ?? Number.POSITIVE_INFINITY;
    let slow = temperature;
    let clock = conditions.modeClock;
    let isThrottled = false;
    let first = temperature;
    let warmest = temperature;
    const parts = Math.ceil(stepS / STEP_S);
    for (let part = 0; part < parts; part++) {
      clock = conditions.modeClock;
      let later = slow;
      for (;;) {
        const { watts } = at(clock);
        const drawn = watts + plant.power.leakWattsPerKelvin * (first - 25);
        const cool = this.#rest(first, conditions);
        // a fan comes on where it gets too warm without it
        const response = this.#rest(linear(cool.first, slow, drawn, conditions.ambient), conditions);
        later = slow + (stepS / parts) * linear(response.rate, slow, drawn, conditions.ambient);
        const atFirst = linear(response.first, slow, drawn, conditions.ambient);
        const atLast = linear(response.first, later, drawn, conditions.ambient);
        warmest = Math.max(atFirst, atLast);
        if ((warmest <= limit && watts <= mostWatts) || clock <= lowest) break;
        isThrottled = true;
        clock--;
      }
      if (warmest > budget || at(clock).watts > (budgets.maxWatts ?? Number.POSITIVE_INFINITY)) isThrottled = true;
      first = warmest;
      slow = later;
    }
    return { slow, outcome: at(clock), isThrottled };
  }

  /** How the bodies answer while the fan does what it does at so many °C. */
  #rest(first: number, { fanShare }: Conditions): RestResponse {
    const blown = this.#network.fanWattsPerKelvin(this.#network.fanStepAt(first)) * fanShare;
    let response = this.#responses.get(blown);
    if (!response) {
      response = this.#network.restResponse(blown);
      this.#responses.set(blown, response);
    }
    return response;
  }
}

const linear = (weights: readonly [number, number, number], slow: number, watts: number, ambient: number): number =>
  weights[0] * slow + weights[1] * watts + weights[2] * ambient;

/** What an action brings in a step. */
interface StepOutcome {
  readonly accuracy: number;
  readonly watts: number;
}

/** Of all that happens in a step, and of its middle. */
function conditionsIn({ conditions }: Scenario, step: number, stepS: number) {
  const from = Math.floor((step * stepS) / CONDITIONS_S);
  const all = [...new Set(conditions.slice(from, from + stepS / CONDITIONS_S))];
  return { all, middle: all[Math.floor(all.length / 2)]! };
}

function averageOutcome(
  scenario: Scenario,
  all: readonly Conditions[],
  point: number,
  intervalMs: number,
  clock: number,
): StepOutcome {
  const { memoryBytes, memoryElsewhereBytes, memoryBaseBytes, points } = scenario.plant;
  const spare = memoryBytes - memoryElsewhereBytes - memoryBaseBytes - (points[point]!.memoryBytes ?? 0);
  let accuracy = 0;
  let watts = 0;
  for (const conditions of all) {
    const serving = servingAt(scenario, conditions, { point, intervalMs, windowMs: 0, clock });
    const leak = conditions.leakBytesPerS[point]!;
    // a leak ends in a restart, again and again
    accuracy += serving.accuracy * (leak > 0 ? 1 - KILLED_S / (KILLED_S + Math.max(0, spare) / leak) : 1);
    watts += serving.watts;
  }
  return { accuracy: accuracy / all.length, watts: watts / all.length };
}

function levelsOf({ plant, conditions }: Scenario): Float64Array {
  let coldest = Number.POSITIVE_INFINITY;
  for (const { ambient } of conditions) coldest = Math.min(coldest, ambient);
  const warmest = plant.governor.trips.at(-1)!.at + 15;
  const spacing = (warmest - coldest) / (LEVELS - 1);
  return Float64Array.from({ length: LEVELS }, (_, i) => coldest + i * spacing);
}

function nearest(levels: Float64Array, temperature: number): number {
  const at = Math.round((temperature - levels[0]!) / (levels[1]! - levels[0]!));
  return Math.max(0, Math.min(levels.length - 1, at));
}
