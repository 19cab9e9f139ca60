import type { Budgets } from '../budgets.js';
import type { Observation } from '../observation.js';
import type { KnownPoint } from '../operating-point.js';
import type { DeviceModel } from './device-model.js';
import { coreMsOf } from './kinds.js';
import type { Load } from './load.js';
import type { MemoryWatch } from './memory-watch.js';
import { worth } from './modes.js';
import type { Prospect } from './prospect.js';
import { latencyOf, outlookOfQueue, type QueueOutlook, shareLaterThan } from './queue.js';
import { type Age, addAge } from './staleness.js';
import type { HeatLine } from './thermal/heat-flow.js';

/** s ahead for which the temperature is looked at. */
const HORIZONS_S = [30, 120, 300, 600] as const;
/** Of the doubt in a forecast (its standard deviation) that is kept clear, and °C of it at most. */
const DOUBT = 0.5;
const MOST_DOUBT = 2;
/** s within which what is too warm is to have cooled by 63 %. */
const COOLING_S = 90;
/** °C that count as much as exceeding another budget by all of it. */
const DEGREES = 10;
/** Share of the frames that may be late: the budget is a 95th percentile. */
const LATE = 0.05;
/** Utilisation that is stayed below where the workers are slower than believed by so many standard deviations. */
const BUSIEST = 0.95;
const SLOWER_SD = 0.7;
/** Share of the free memory that may be taken. */
const OF_FREE = 0.9;
const MOST_LATE = 5;

/** What is kept clear of the budgets by a setting that is moved to, so that it need not be left at once: a share, and °C. */
export interface Headroom {
  readonly share: number;
  readonly degrees: number;
}

export const NO_HEADROOM: Headroom = { share: 0, degrees: 0 };

/** What is the same for one point whatever is asked of it, worked out once for a decision. */
interface PointOutlook {
  decision: number;
  slowness: number;
  sd: number;
  perWatt: number;
}

/** Says what settings of the knobs would bring; `begin` takes what holds for all of them. */
export class Prospects {
  readonly #device: DeviceModel;
  readonly #memory: MemoryWatch;
  readonly #budgets: Budgets;
  readonly #queue: QueueOutlook = { utilisation: 0, serviceMs: 0, waiting: 0, waitMs: 0 };
  readonly #age: Age = { turns: 0, seconds: 0 };
  readonly #lines: HeatLine[] = HORIZONS_S.map(() => ({ base: 0, perWatt: 0 }));
  readonly #allowed = new Float64Array(HORIZONS_S.length);
  readonly #outlooks = new WeakMap<KnownPoint, PointOutlook>();
  #decision = 0;
  #current: KnownPoint | null = null;
  #observation!: Observation;
  #hasTemperature = false;
  #hasLimit = false;
  #mayThrottle = false;
  #atRest = 0;

  constructor(device: DeviceModel, memory: MemoryWatch, budgets: Budgets) {
    this.#device = device;
    this.#memory = memory;
    this.#budgets = budgets;
  }

  /**
   * °C that no forecast may pass; null: no bound, or nothing tells how warm it is.
   *
   * @param mayThrottle whether the board may come to hold itself back: then only what the user bounds counts
   */
  limit(now: number, mayThrottle = this.#mayThrottle): number | null {
    if (!this.#device.isWarmthKnown(now)) return null;
    const { maxTemperature } = this.#budgets;
    return mayThrottle ? maxTemperature : this.#device.throttle.limit(maxTemperature);
  }

  /** Begins a decision. */
  begin(observation: Observation, current: KnownPoint | null, mayThrottle: boolean): void {
    const { heat, power, othersWatts } = this.#device;
    this.#decision++;
    this.#mayThrottle = mayThrottle;
    this.#observation = observation;
    this.#current = current;
    this.#atRest = power.atRest(othersWatts);
    const limit = this.limit(observation.now);
    this.#hasTemperature = this.#device.isWarmthKnown(observation.now);
    this.#hasLimit = limit !== null;
    if (!this.#hasTemperature) return;
    const now = heat.now;
    for (let i = 0; i < HORIZONS_S.length; i++) {
      const seconds = HORIZONS_S[i]!;
      heat.line(seconds, this.#lines[i]!);
      if (limit === null) continue;
      const doubt = Math.min(MOST_DOUBT, DOUBT * heat.sd(seconds, this.#atRest));
      const tooWarm = Math.max(0, now - limit) * Math.exp(-seconds / COOLING_S);
      this.#allowed[i] = Math.max(limit - doubt, Math.min(limit, now)) + tooWarm;
    }
  }

  /**
   * What a point would bring under an interval.
   *
   * @param load that is asked for
   */
  look(point: KnownPoint, intervalMs: number, load: Load, headroom: Headroom, into: Prospect): void {
    const { misses, overheadMs } = this.#device;
    const { latencyMs, mode } = this.#budgets;
    const { slowness, sd, perWatt } = this.#outlookOf(point);
    const asked = load.askedUnder(intervalMs);
    outlookOfQueue(point, asked, slowness, this.#queue);
    const missed = asked === 0 ? 0 : misses.of(this.#queue.utilisation, point.workers * point.batchSize);
    const served = asked * (1 - missed);
    const frames = load.allFrames;
    const perFrame = frames > 0 ? 1 / frames : 0;
    const late = asked === 0 ? 0 : (1 - missed) * shareLaterThan(latencyMs - overheadMs, this.#queue, sd);
    const lost = this.#lost(point, intervalMs, missed, load, frames);
    into.intervalMs = intervalMs;
    into.utilisation = this.#queue.utilisation;
    into.effectiveAccuracy = point.accuracy * (1 - lost) * Math.max(0, 1 - asked * (missed + late) * perFrame);
    into.watts = this.#atRest + perWatt * this.#device.wattsOf(point, served);
    into.begin();
    this.#judgeLatency(served * perFrame, sd, headroom, into);
    this.#judgeHeat(headroom, into);
    this.#judgeRest(point, served, headroom, into);
    into.value = worth(into.effectiveAccuracy, into.watts, mode);
  }

  /** What a point is worth at most, whatever the load and the interval, in points. */
  mostOf(point: KnownPoint): number {
    const age = this.#age;
    age.turns = age.seconds = 0;
    const accuracy = point.accuracy * (1 - this.#device.staleness.lost(point, age));
    return worth(accuracy, this.#atRest, this.#budgets.mode);
  }

  #outlookOf(point: KnownPoint): PointOutlook {
    let outlook = this.#outlooks.get(point);
    if (outlook === undefined) {
      outlook = { decision: 0, slowness: 1, sd: 0, perWatt: 1 };
      this.#outlooks.set(point, outlook);
    }
    if (outlook.decision === this.#decision) return outlook;
    outlook.decision = this.#decision;
    outlook.slowness = this.#device.slownessOf(point);
    outlook.sd = this.#device.slowdown.sd(point);
    outlook.perWatt = this.#device.power.perWatt(point);
    return outlook;
  }

  #lost(point: KnownPoint, intervalMs: number, missed: number, load: Load, allFrames: number): number {
    const most = intervalMs > 0 ? 1000 / intervalMs : Number.POSITIVE_INFINITY;
    const { count, frames, wanted } = load;
    const age = this.#age;
    age.turns = age.seconds = 0;
    for (let i = 0; i < count; i++)
      addAge(wanted[i]!, Math.min(wanted[i]!, most) * (1 - missed), frames[i]! / allFrames, age);
    return this.#device.staleness.lost(point, age);
  }

  #judgeLatency(inferredShare: number, sd: number, headroom: Headroom, into: Prospect): void {
    const { latencyMs } = this.#budgets;
    const { overheadMs } = this.#device;
    // where fewer are inferred than may be late, the percentile is that of a frame without inference
    const isInferred = inferredShare > LATE * 1.2;
    into.p95LatencyMs = overheadMs + (isInferred ? latencyOf(LATE / inferredShare, this.#queue, sd) : 0);
    let over = into.p95LatencyMs / latencyMs - 1;
    over = Math.max(over, into.utilisation * Math.exp(SLOWER_SD * Math.min(sd, 0.3)) - BUSIEST);
    over = Math.max(over, (overheadMs + this.#queue.serviceMs) / latencyMs - 1);
    into.exceed('latency', Math.min(over + headroom.share, MOST_LATE));
  }

  #judgeHeat(headroom: Headroom, into: Prospect): void {
    into.temperature = Number.NaN;
    if (!this.#hasTemperature) return;
    let warmest = Number.NEGATIVE_INFINITY;
    let over = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < HORIZONS_S.length; i++) {
      const { base, perWatt } = this.#lines[i]!;
      const temperature = base + perWatt * into.watts;
      warmest = Math.max(warmest, temperature);
      over = Math.max(over, temperature - this.#allowed[i]!);
    }
    into.temperature = warmest;
    if (this.#hasLimit) into.exceed('temperature', (over + headroom.degrees) / DEGREES);
  }

  #judgeRest(point: KnownPoint, perS: number, { share }: Headroom, into: Prospect): void {
    const { maxWatts, maxAcceleratorBytes, maxCpuBusy } = this.#budgets;
    const { cpuBusyElsewhere } = this.#observation;
    if (maxWatts !== null && this.#device.power.isRead) into.exceed('power', into.watts / maxWatts - 1 + share / 2);
    this.#judgeMemory(point, into);
    if (maxAcceleratorBytes !== null && point.acceleratorBytes !== null)
      into.exceed('accelerator memory', point.acceleratorBytes / Math.max(1, maxAcceleratorBytes) - 1);
    if (cpuBusyElsewhere === null || maxCpuBusy >= 1) return;
    const busy = this.#device.processor.of((perS * coreMsOf(point)) / 1000);
    into.exceed('CPU', busy - maxCpuBusy + share / 2);
  }

  #judgeMemory(point: KnownPoint, into: Prospect): void {
    const { maxMemoryBytes } = this.#budgets;
    const { memoryBytes, memoryFreeBytes } = this.#observation;
    const isInUse = point === this.#current;
    const expected = isInUse ? memoryBytes : (this.#memory.with(point.memoryBytes) ?? this.#inPlaceOfCurrent(point));
    into.memoryBytes = expected ?? Number.NaN;
    if (expected === null) return;
    if (maxMemoryBytes !== null) into.exceed('memory', expected / Math.max(1, maxMemoryBytes) - 1);
    if (isInUse || memoryBytes === null || memoryFreeBytes === null) return;
    into.exceed('memory', (expected - memoryBytes) / Math.max(1, OF_FREE * memoryFreeBytes) - 1);
  }

  /** Bytes with a point instead of the one in use, by what all have now: what is compared is all processes, not workers alone. */
  #inPlaceOfCurrent({ memoryBytes: theirs }: KnownPoint): number | null {
    const { memoryBytes } = this.#observation;
    const own = this.#current?.memoryBytes ?? null;
    if (theirs === null || memoryBytes === null || own === null) return theirs;
    return Math.max(0, memoryBytes - own) + theirs;
  }
}
