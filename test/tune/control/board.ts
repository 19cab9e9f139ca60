import type { Budgets } from '../../../src/tune/budgets.js';
import type { Controller } from '../../../src/tune/control/controller.js';
import type { Decision } from '../../../src/tune/control/decision.js';
import { withoutNumbers } from '../../../src/tune/control/kinds.js';
import type { KnobSettings } from '../../../src/tune/knobs.js';
import type { Observation } from '../../../src/tune/observation.js';
import { isSamePoint, type KnownPoint } from '../../../src/tune/operating-point.js';

/** A point of one CPU worker with two threads. */
export function pointOf(
  model: string,
  accuracy: number,
  serviceMs: number,
  changes: Partial<KnownPoint> = {},
): KnownPoint {
  return {
    model,
    variant: 'int8-416x256',
    provider: 'cpu',
    workers: 1,
    intraOpThreads: 2,
    batchSize: 1,
    accuracy,
    serviceMs,
    picturesPerS: 1000 / serviceMs,
    cpuMs: serviceMs * 1.8,
    millijoules: serviceMs * 4,
    memoryBytes: 200e6,
    acceleratorBytes: 0,
    isMeasured: true,
    ...changes,
  };
}

export const SMALL = pointOf('small', 0.8, 20);
export const MIDDLE = pointOf('middle', 0.86, 60);
export const LARGE = pointOf('large', 0.9, 110);

export const BUDGETS: Budgets = {
  mode: 'accuracy',
  latencyMs: 300,
  maxTemperature: null,
  maxWatts: null,
  maxMemoryBytes: null,
  maxAcceleratorBytes: null,
  maxUplinkBytesPerDay: null,
  maxCpuBusy: 1,
  maxSwitchesPerHour: 6,
};

export const knobsAt = (point: KnownPoint, inferenceIntervalMs = 0): KnobSettings => ({
  point: withoutNumbers(point),
  batchWindowMs: 0,
  inferenceIntervalMs,
  compressionQuality: 80,
});

/** Monday noon, UTC. */
const MONDAY_NOON = Date.UTC(2026, 5, 1, 12);

/** Two cameras of 25 frames a second that ask for two inferences a second each, on a cool and idle board. */
export function observationOf(knobs: KnobSettings, now: number, changes: Partial<Observation> = {}): Observation {
  const most = knobs.inferenceIntervalMs === 0 ? 2 : Math.min(2, 1000 / knobs.inferenceIntervalMs);
  const camera = { framesPerS: 25, wantedPerS: 2, inferredPerS: most, vehicles: 3 };
  return {
    now,
    unixNow: MONDAY_NOON + now,
    knobs,
    cameras: [
      { camera: 'north', ...camera },
      { camera: 'south', ...camera },
    ],
    serviceMs: null,
    p95LatencyMs: null,
    lateShare: 0,
    errorShare: 0,
    keptF1: 0.985,
    temperature: 45,
    throttleAt: 80,
    throttledBy: [],
    watts: null,
    cpuBusy: 0.3,
    cpuBusyElsewhere: 0,
    memoryBytes: 300e6,
    memoryFreeBytes: 1e9,
    uplinkBytesPerDay: null,
    ...changes,
  };
}

export interface Step {
  readonly s: number;
  readonly knobs: KnobSettings;
  readonly decision: Decision;
}

/** Lets a controller decide every 5 s; what it decides stands 10 s later where it needs other workers, at once otherwise. */
export function live(
  controller: Controller,
  start: KnobSettings,
  seconds: number,
  read: (s: number, knobs: KnobSettings) => Partial<Observation> = () => ({}),
  from = 0,
): Step[] {
  const steps: Step[] = [];
  let knobs = start;
  let stands = Number.POSITIVE_INFINITY;
  for (let s = from; s < from + seconds; s += 5) {
    const decision = controller.decide(observationOf(knobs, s * 1000, read(s, knobs)));
    steps.push({ s, knobs, decision });
    const { knobs: target } = decision;
    knobs = { ...target, point: knobs.point };
    if (isSamePoint(target.point, knobs.point)) stands = Number.POSITIVE_INFINITY;
    else if (stands === Number.POSITIVE_INFINITY) stands = s + 10;
    if (s >= stands) {
      knobs = target;
      stands = Number.POSITIVE_INFINITY;
      controller.changed(knobs);
    }
  }
  return steps;
}

/** The models that were in use, each once, in their order. */
export const modelsOf = (steps: readonly Step[]): string[] =>
  steps.map(({ knobs }) => knobs.point.model).filter((model, i, all) => i === 0 || model !== all[i - 1]);
