import type { KnobSettings } from '../../src/tune/knobs.js';
import type { Observation } from '../../src/tune/observation.js';
import type { OperatingPoint } from '../../src/tune/operating-point.js';
import { Plant, type PlantScore, plainKnobs } from './plant.js';
import type { Scenario } from './scenario.js';

/** s between two looks of whoever decides. */
export const DECIDE_EVERY_S = 5;

/** Somebody who turns the knobs of a board. */
export interface Contender {
  readonly name: string;
  /** Where the knobs stand at first. */
  readonly start: KnobSettings;
  /** s between two decisions; null: it never decides. */
  readonly everyS: number | null;
  /** Whether the time of its decisions is taken. */
  readonly isMeasured?: boolean;
  /** Where the knobs should stand; null: where they do. `plant` is for those who may know the truth. */
  decide?(observation: Observation, plant: Plant): KnobSettings | null;
  /** The change that it asked for is done, or has failed. */
  changed?(knobs: KnobSettings, now: number): void;
  failed?(point: OperatingPoint, now: number): void;
  /** °C that it expects, for pictures; null: it expects nothing. */
  forecast?(): number | null;
}

/** How a contender's run went. */
export interface Run extends PlantScore {
  readonly contender: string;
  /** Right and on time over all frames, 0..1. */
  readonly accuracy: number;
  /** Most switches within any hour, and mean per hour. */
  readonly mostSwitchesAnHour: number;
  readonly switchesAnHour: number;
  /** CPU ms of each decision: on a busy machine a clock on the wall tells of others. */
  readonly decisionMs: readonly number[];
  /** Point in use at every `DECIDE_EVERY_S`. */
  readonly points: Uint8Array;
  readonly timeline: readonly Moment[];
}

/** A moment of a run, for pictures. */
export interface Moment {
  readonly second: number;
  readonly temperature: number;
  readonly forecast: number | null;
  readonly point: number;
  readonly intervalMs: number;
  readonly wantedPerS: number;
  readonly accuracy: number;
  readonly watts: number;
  readonly throttled: boolean;
}

/** Moments of a timeline. */
const MOMENTS = 400;

/** Lets a contender run a board through a trace. @param isDrawn whether a timeline is wanted */
export function compete(scenario: Scenario, contender: Contender, isDrawn = false): Run {
  const plant = new Plant(scenario, contender.start);
  const decisionMs: number[] = [];
  const points = new Uint8Array(Math.ceil(scenario.seconds / DECIDE_EVERY_S));
  const timeline: Moment[] = [];
  const momentS = Math.max(1, Math.floor(scenario.seconds / MOMENTS));
  const { everyS } = contender;
  let wasSwapping = false;
  let counted = { frames: 0, right: 0 };
  for (let second = 0; second < scenario.seconds; second++) {
    if (everyS !== null && second > 0 && second % everyS === 0) decide(plant, contender, decisionMs);
    plant.second();
    if (wasSwapping && !plant.isSwapping) settled(plant, contender);
    wasSwapping = plant.isSwapping;
    if (second % DECIDE_EVERY_S === 0) points[second / DECIDE_EVERY_S] = plant.point;
    if (isDrawn && second % momentS === 0) {
      const { frames, right } = plant.score;
      // of all seconds since the last moment: a gap of a few is no dip of minutes
      timeline.push(
        momentOf(plant, contender, frames === counted.frames ? 1 : (right - counted.right) / (frames - counted.frames)),
      );
      counted = { frames, right };
    }
  }
  const { score } = plant;
  return {
    ...score,
    contender: contender.name,
    accuracy: score.frames === 0 ? 1 : score.right / score.frames,
    mostSwitchesAnHour: mostWithin(score.switches, 3600),
    switchesAnHour: score.switches.length / (scenario.seconds / 3600),
    decisionMs,
    points,
    timeline,
  };
}

function decide(plant: Plant, contender: Contender, decisionMs: number[]): void {
  const observation = plant.observe();
  const isMeasured = contender.isMeasured === true;
  const before = isMeasured ? process.cpuUsage() : null;
  const wanted = contender.decide!(observation, plant);
  if (before !== null) {
    const { user, system } = process.cpuUsage(before);
    decisionMs.push((user + system) / 1000);
  }
  if (wanted === null || wanted === observation.knobs) return;
  const wasSwapping = plant.isSwapping;
  plant.apply(wanted);
  if (!plant.isSwapping && !wasSwapping) contender.changed?.(plant.knobs, plant.now * 1000);
}

function settled(plant: Plant, contender: Contender): void {
  const { failed } = plant;
  plant.failed = null;
  if (failed) contender.failed?.(failed, plant.now * 1000);
  else contender.changed?.(plant.knobs, plant.now * 1000);
}

function momentOf(plant: Plant, contender: Contender, accuracy: number): Moment {
  return {
    second: plant.now,
    temperature: plant.thermal.temperatures[0]!,
    forecast: contender.forecast?.() ?? null,
    point: plant.point,
    intervalMs: plant.knobs.inferenceIntervalMs,
    wantedPerS: plant.conditions.wantedPerS.reduce((a, b) => a + b, 0),
    accuracy,
    watts: plant.watts,
    throttled: plant.governor.heldBy !== null,
  };
}

/** Most of the rising times that lie within any span. */
export function mostWithin(times: readonly number[], span: number): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= span) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** One setting for good. */
export function fixed(scenario: Scenario, point: number, intervalMs = 0, name?: string): Contender {
  return {
    name: name ?? `fixed ${point}${intervalMs > 0 ? ` every ${intervalMs} ms` : ''}`,
    start: plainKnobs(scenario.plant.points[point]!, intervalMs),
    everyS: null,
  };
}

export function fixedSmallest(scenario: Scenario): Contender {
  const { points } = scenario.plant;
  return fixed(scenario, indexOfLeast(points.map(({ serviceMs }) => serviceMs)), 0, 'fixed smallest');
}

/** The most accurate point, and whatever the board's own governor makes of it. */
export function kernelAlone(scenario: Scenario): Contender {
  const { points } = scenario.plant;
  return fixed(scenario, indexOfLeast(points.map(({ accuracy }) => -accuracy)), 0, 'kernel alone');
}

const indexOfLeast = (values: readonly number[]): number => values.indexOf(Math.min(...values));

/** °C at which people's scripts step down and up, and s that they wait between two steps. */
const STEP_DOWN = 80;
const STEP_UP = 70;
const STEP_EVERY_S = 60;

/** What people script: from the most accurate point one step down above 80 °C, one up below 70 °C. */
export function thresholdSteps(scenario: Scenario): Contender {
  const ladder = ladderOf(scenario);
  let rung = ladder.length - 1;
  return {
    name: 'threshold steps',
    start: plainKnobs(scenario.plant.points[ladder[rung]!]!),
    everyS: STEP_EVERY_S,
    decide({ temperature, knobs }) {
      if (temperature === null) return null;
      if (temperature > STEP_DOWN && rung > 0) rung--;
      else if (temperature < STEP_UP && rung < ladder.length - 1) rung++;
      else return null;
      return { ...knobs, point: plainKnobs(scenario.plant.points[ladder[rung]!]!).point };
    },
  };
}

/** Points that no other beats in both accuracy and time, the least accurate first. */
function ladderOf({ plant }: Scenario): number[] {
  const { points } = plant;
  const isBeaten = (i: number) =>
    points.some(
      (other, j) =>
        j !== i &&
        other.accuracy >= points[i]!.accuracy &&
        other.serviceMs <= points[i]!.serviceMs &&
        (other.accuracy > points[i]!.accuracy || other.serviceMs < points[i]!.serviceMs || j < i),
    );
  return points
    .map((_, i) => i)
    .filter((i) => !isBeaten(i))
    .sort((a, b) => points[a]!.accuracy - points[b]!.accuracy);
}
