import { Random } from '../../src/simulator/random.js';
import type { Budgets } from '../../src/tune/budgets.js';
import { curveAt } from './curve.js';
import { gauss } from './noise.js';
import type { PlantDescription } from './plant-file.js';
import { chosenPoints } from './point-choice.js';
import { CONDITIONS_S, type Conditions, f1WhereFound, type Scenario } from './scenario.js';
import type { TraceDescription, TraceEventDescription } from './trace-file.js';

/** s for which a road's demand stays as it is. */
const DEMAND_S = 60;

const BUDGETS: Budgets = {
  mode: 'accuracy',
  latencyMs: 500,
  maxTemperature: null,
  maxWatts: null,
  maxMemoryBytes: null,
  maxAcceleratorBytes: null,
  maxUplinkBytesPerDay: null,
  maxCpuBusy: 1,
  maxSwitchesPerHour: 6,
};

/** @throws ConfigError where the trace names a point that the board has not */
export function scenarioOf(plant: PlantDescription, trace: TraceDescription, seed: number): Scenario {
  const cameras = camerasOf(plant, trace);
  const added = trace.events.filter((event) => event.kind === 'camera');
  const base: Omit<Scenario, 'conditions' | 'harmful'> = {
    plant,
    trace,
    seconds: Math.floor((trace.hours * 3600) / CONDITIONS_S) * CONDITIONS_S,
    startsAt: Date.parse(`${trace.startsAt}Z`),
    cameras: cameras.length + added.length,
    staleLoss: trace.staleLoss,
    budgets: { ...BUDGETS, ...withoutUndefined(trace.budgets) },
    pinned: new Set(trace.pinned),
    seed,
  };
  const calm = conditionsOf(base, cameras, []);
  const points = trace.events.map((event) => ('point' in event ? chosenPoints(event, base, calm) : []));
  const events = trace.events.map((event, i) => ({ event, points: points[i]! }));
  return {
    ...base,
    conditions: conditionsOf(base, cameras, events),
    harmful: events.flatMap(({ event, points }) =>
      event.kind === 'point-slower' || event.kind === 'point-leaks' || event.kind === 'point-inaccurate'
        ? [{ points, at: event.at, until: event.until ?? base.seconds, kind: event.kind }]
        : [],
    ),
  };
}

interface CameraDemand {
  readonly framesPerS: number;
  readonly quietShare: number;
  readonly busyShare: number;
}

interface PlacedEvent {
  readonly event: TraceEventDescription;
  /** Indices of the points that it is about. */
  readonly points: readonly number[];
}

function camerasOf(plant: PlantDescription, { cameras, demand }: TraceDescription): CameraDemand[] {
  const { framesPerS, count } = plant.cameras;
  if (Array.isArray(cameras)) return cameras.map((one) => ({ ...demand, ...withoutUndefined(one) }));
  return Array.from({ length: cameras ?? count }, () => ({ framesPerS, ...demand }));
}

function conditionsOf(
  scenario: Omit<Scenario, 'conditions' | 'harmful'>,
  cameras: readonly CameraDemand[],
  events: readonly PlacedEvent[],
): Conditions[] {
  const { plant, trace, seconds, seed } = scenario;
  const random = new Random(seed);
  const all: Conditions[] = [];
  let demand = new Float64Array(scenario.cameras);
  const extra = events.flatMap(({ event }) => (event.kind === 'camera' ? [event] : []));
  const joined = [
    ...cameras,
    ...extra.map(({ camera }) => ({
      framesPerS: plant.cameras.framesPerS,
      ...trace.demand,
      ...withoutUndefined(camera),
    })),
  ];
  for (let at = 0; at < seconds; at += CONDITIONS_S) {
    const isNewMinute = at % DEMAND_S === 0;
    if (isNewMinute) {
      const traffic = Math.min(1, Math.max(0, curveAt(trace.traffic, at)));
      demand = Float64Array.from(joined, ({ framesPerS, quietShare, busyShare }) => {
        const expected = quietShare + (busyShare - quietShare) * traffic;
        const noise = Math.max(0.2, 1 + trace.jitter * gauss(random));
        return framesPerS * Math.min(1, expected * noise);
      });
    }
    const last = all.at(-1);
    const edge = events.some(({ event }) => isEdge(event, at));
    all.push(last && !isNewMinute && !edge ? last : conditionsAt(scenario, joined, cameras.length, demand, events, at));
  }
  return all;
}

/** Whether something about the event changed within the last `CONDITIONS_S`. */
function isEdge(event: TraceEventDescription, at: number): boolean {
  const passed = (time: number) => time <= at && time > at - CONDITIONS_S;
  const ramp = event.kind === 'heat' ? event.rampS : 0;
  return passed(event.at) || passed(event.until ?? -1) || (at > event.at && at <= event.at + ramp);
}

function conditionsAt(
  { plant, trace, startsAt }: Omit<Scenario, 'conditions' | 'harmful'>,
  joined: readonly CameraDemand[],
  present: number,
  demand: Float64Array,
  events: readonly PlacedEvent[],
  at: number,
): Conditions {
  const now = events.filter(({ event }) => at >= event.at && at < (event.until ?? Number.POSITIVE_INFINITY));
  const cameraEvents = events.filter(({ event }) => event.kind === 'camera');
  const isThere = (i: number) => i < present || now.includes(cameraEvents[i - present]!);
  const made = {
    framesPerS: Float64Array.from(joined, ({ framesPerS }, i) => (isThere(i) ? framesPerS : 0)),
    wantedPerS: demand.map((wanted, i) => (isThere(i) ? wanted : 0)),
    ambient: ambientAt(trace.ambient, at, startsAt),
    fanShare: 1,
    modeClock: plant.clocks.length - 1,
    neighbourCores: 0,
    slowdown: Float64Array.from(plant.points, ({ truth }) => truth.slowdown),
    accuracy: Float64Array.from(plant.points, ({ accuracy, truth }) => truth.accuracy ?? accuracy),
    finds: new Float64Array(plant.points.length).fill(1),
    leakBytesPerS: new Float64Array(plant.points.length),
    fails: new Uint8Array(plant.points.length),
    sensor: { kind: 'well' } as Conditions['sensor'],
  };
  for (const { event, points } of now) happen(made, plant, event, points, at, trace.hours * 3600);
  return made;
}

type Unsettled = { -readonly [K in keyof Conditions]: Conditions[K] };

function happen(
  made: Unsettled,
  plant: PlantDescription,
  event: TraceEventDescription,
  points: readonly number[],
  at: number,
  endS: number,
): void {
  switch (event.kind) {
    case 'heat':
      made.ambient += event.kelvin * (event.rampS === 0 ? 1 : Math.min(1, (at - event.at) / event.rampS));
      return;
    case 'sun':
      made.ambient += event.kelvin * Math.sin((Math.PI * (at - event.at)) / ((event.until ?? endS) - event.at));
      return;
    case 'fan-blocked':
      made.fanShare = Math.min(made.fanShare, event.works);
      return;
    case 'power-mode':
      made.modeClock = Math.min(made.modeClock, clockOfSpeed(plant, event.speed));
      return;
    case 'neighbour':
      made.neighbourCores += event.cores;
      return;
    case 'camera':
      return;
    case 'point-slower':
      for (const point of points) made.slowdown[point]! *= event.factor;
      return;
    case 'point-leaks':
      for (const point of points) made.leakBytesPerS[point]! += event.bytesPerS;
      return;
    case 'point-inaccurate':
      for (const point of points) {
        made.accuracy[point]! *= f1WhereFound(event.finds);
        made.finds[point]! *= event.finds;
      }
      return;
    case 'point-fails':
      for (const point of points) made.fails[point] = 1;
      return;
    case 'sensor-off':
      made.sensor = { kind: 'off', kelvin: event.kelvin };
      return;
    case 'sensor-stuck':
      made.sensor = { kind: 'stuck' };
      return;
    case 'sensor-gone':
      made.sensor = { kind: 'gone' };
  }
}

/** The fastest clock that is no faster than this share of full speed; the slowest where all are. */
function clockOfSpeed({ clocks }: PlantDescription, speed: number): number {
  const at = clocks.findLastIndex((clock) => clock.speed <= speed + 1e-9);
  return Math.max(0, at);
}

function ambientAt(ambient: TraceDescription['ambient'], at: number, startsAt: number): number {
  if (!('mean' in ambient)) return curveAt(ambient, at);
  const hour = (new Date(startsAt).getUTCHours() + at / 3600) % 24;
  return ambient.mean + ambient.swing * Math.cos(((hour - ambient.warmestHour) / 12) * Math.PI);
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
