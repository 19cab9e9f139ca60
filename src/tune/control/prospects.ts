import type { Budgets } from '../budgets.js';
import type { Observation } from '../observation.js';
import type { KnownPoint } from '../operating-point.js';
import type { BoardPower } from './board-power.js';
import { coreMs, joulesCost } from './kinds.js';
import { worth } from './modes.js';
import type { ProcessorShare } from './processor-share.js';
import { latencyOf, outlookOfQueue, type QueueOutlook, shareLaterThan } from './queue.js';
import type { Slowdown } from './slowdown.js';
import { type Staleness, stalenessOf } from './staleness.js';
import type { HeatFlow, HeatLine } from './thermal/heat-flow.js';

/** Budgets that a setting may be outside of, for people. */
export const BOUNDS = ['latency', 'temperature', 'power', 'memory', 'accelerator memory', 'CPU'] as const;
export type Bound = (typeof BOUNDS)[number];

/** What a setting of the knobs is expected to bring. */
export class Outcome {
  intervalMs = 0;
  effectiveAccuracy = 0;
  utilisation = 0;
  p95LatencyMs = 0;
  watts = 0;
  /** °C, the highest of those looked ahead to; NaN: nothing tells. */
  temperature = Number.NaN;
  /** By how much budgets are exceeded, each as a share of itself, together; 0: none is. */
  excess = 0;
  /** What is exceeded most; null: nothing. */
  exceeded: Bound | null = null;
  /** What it is worth, in points of effective accuracy. */
  value = 0;

  copy(from: Outcome): void {
    this.intervalMs = from.intervalMs;
    this.effectiveAccuracy = from.effectiveAccuracy;
    this.utilisation = from.utilisation;
    this.p95LatencyMs = from.p95LatencyMs;
    this.watts = from.watts;
    this.temperature = from.temperature;
    this.excess = from.excess;
    this.exceeded = from.exceeded;
    this.value = from.value;
  }

  /** Whether it is the better choice of the two: inside the budgets first, then by what it is worth. */
  isBetterThan(other: Outcome): boolean {
    const difference = this.excess - other.excess;
    return Math.abs(difference) > 1e-3 ? difference < 0 : this.value > other.value;
  }
}

/** What cameras deliver and ask for, now or at some time to come. */
export class Load {
  count = 0;
  frames = new Float64Array(8);
  wanted = new Float64Array(8);

  clear(): void {
    this.count = 0;
  }

  add(framesPerS: number, wantedPerS: number): void {
    if (this.count === this.frames.length) {
      this.frames = Float64Array.of(...this.frames, ...new Float64Array(this.count));
      this.wanted = Float64Array.of(...this.wanted, ...new Float64Array(this.count));
    }
    this.frames[this.count] = framesPerS;
    this.wanted[this.count++] = Math.min(wantedPerS, framesPerS);
  }
}

/** s ahead for which the temperature is looked at. */
export const HORIZONS_S = [30, 120, 300, 600] as const;
/** °C of doubt in a forecast that are kept clear at most. */
const MOST_DOUBT = 3;
/** s within which what is too warm is to have cooled by 63 %. */
const COOLING_S = 90;
/** Share of the frames that may be late: the budget is a 95th percentile. */
const LATE = 0.05;
/** Share of all frames that inferred ones count as at least, where the 95th percentile is taken. */
const LEAST_SHARE = 0.2;
/** Utilisation that is aimed below, on top of the doubt in it. */
const BUSIEST = 0.9;
/** Share of the processor's budget that is this program's whatever others take. */
const OWN_SHARE = 1 / 3;
/** Share of the free memory that may be taken. */
const OF_FREE = 0.9;

export interface Models {
  readonly slowdown: Slowdown;
  readonly staleness: Staleness;
  readonly power: BoardPower;
  readonly processor: ProcessorShare;
  readonly heat: HeatFlow;
}

/** Says what settings of the knobs would bring, from what the models know; `begin` takes what holds for all of them. */
export class Prospects {
  readonly #models: Models;
  readonly #queue: QueueOutlook = { utilisation: 0, serviceMs: 0, waiting: 0, waitMs: 0 };
  readonly #lines: HeatLine[] = HORIZONS_S.map(() => ({ base: 0, perWatt: 0 }));
  readonly #allowed = new Float64Array(HORIZONS_S.length);
  #budgets: Budgets;
  #current: KnownPoint | null = null;
  #observation!: Observation;
  #hasTemperature = false;
  #hasLimit = false;
  #othersWatts = 0;
  #overheadMs = 0;

  constructor(models: Models, budgets: Budgets) {
    this.#models = models;
    this.#budgets = budgets;
  }

  /**
   * @param limit °C that no forecast may pass; null: no bound
   * @param othersWatts W that other programs draw
   * @param overheadMs that a frame takes beside waiting and inference
   */
  begin(
    observation: Observation,
    current: KnownPoint | null,
    limit: number | null,
    othersWatts: number,
    overheadMs: number,
  ): void {
    const { heat, power } = this.#models;
    this.#observation = observation;
    this.#current = current;
    this.#hasTemperature = heat.isStarted;
    this.#hasLimit = heat.isStarted && limit !== null;
    this.#othersWatts = othersWatts;
    this.#overheadMs = overheadMs;
    if (!heat.isStarted) return;
    const drawn = power.of(0, othersWatts);
    const now = heat.now;
    for (let i = 0; i < HORIZONS_S.length; i++) {
      const seconds = HORIZONS_S[i]!;
      heat.line(seconds, this.#lines[i]!);
      if (limit === null) continue;
      const doubt = Math.min(MOST_DOUBT, 0.5 * heat.sd(seconds, drawn));
      const tooWarm = Math.max(0, now - limit) * Math.exp(-seconds / COOLING_S);
      this.#allowed[i] = Math.max(limit - doubt, Math.min(limit, now)) + tooWarm;
    }
  }

  /** @param load what is asked for */
  look(point: KnownPoint, intervalMs: number, load: Load, into: Outcome): void {
    const { slowdown, staleness } = this.#models;
    const factor = slowdown.of(point);
    const sd = slowdown.sd(point);
    const perS = inferredOf(load, intervalMs, Number.POSITIVE_INFINITY);
    outlookOfQueue(point, perS, factor, this.#queue);
    const served = Math.min(1, 0.98 / Math.max(0.98, this.#queue.utilisation));
    const frames = framesOf(load);
    const share = frames > 0 ? Math.min(1, (perS * served) / frames) : 0;
    const spare = this.#budgets.latencyMs - this.#overheadMs;
    const late = share * shareLaterThan(spare, this.#queue, sd) + (1 - served) * (frames > 0 ? perS / frames : 0);
    const lost = staleness.lost(point, meanStaleness(load, intervalMs, served));
    into.intervalMs = intervalMs;
    into.utilisation = this.#queue.utilisation;
    into.effectiveAccuracy = point.accuracy * (1 - lost) * Math.max(0, 1 - late);
    into.p95LatencyMs = this.#p95(share, sd);
    const ours = (perS * served * joulesCost(point)) / 1000;
    into.watts = this.#models.power.of(ours, this.#othersWatts);
    into.excess = 0;
    into.exceeded = null;
    this.#judgeLatency(sd, into);
    this.#judgeHeat(into);
    this.#judgeRest(point, perS * served, into);
    into.value = worth(into.effectiveAccuracy, into.watts, this.#budgets.mode);
  }

  /** Of all frames: those without inference take what every frame takes. */
  #p95(share: number, sd: number): number {
    const counted = Math.max(share, LEAST_SHARE);
    return this.#overheadMs + (share === 0 ? 0 : latencyOf(LATE / counted, this.#queue, sd));
  }

  #judgeLatency(sd: number, into: Outcome): void {
    const { latencyMs } = this.#budgets;
    let over = into.p95LatencyMs / latencyMs - 1;
    // with some probability they are slower than is believed: a queue that fills is worse than a late picture
    over = Math.max(over, into.utilisation * Math.exp(0.7 * Math.min(sd, 0.3)) - BUSIEST);
    over = Math.max(over, (this.#overheadMs + this.#queue.serviceMs) / latencyMs - 1);
    this.#exceed('latency', Math.min(over, 5), into);
  }

  #judgeHeat(into: Outcome): void {
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
    if (this.#hasLimit) this.#exceed('temperature', over / 10, into);
  }

  #judgeRest(point: KnownPoint, perS: number, into: Outcome): void {
    const { maxWatts, maxMemoryBytes, maxAcceleratorBytes, maxCpuBusy } = this.#budgets;
    const { memoryBytes, memoryFreeBytes, cpuBusyElsewhere } = this.#observation;
    if (maxWatts !== null && this.#models.power.isRead) this.#exceed('power', into.watts / maxWatts - 1, into);
    const more = this.#current === null ? 0 : (point.memoryBytes ?? 0) - (this.#current.memoryBytes ?? 0);
    const isMemoryKnown = point.memoryBytes !== null && this.#current !== null && this.#current.memoryBytes !== null;
    if (maxMemoryBytes !== null && memoryBytes !== null)
      this.#exceed('memory', (memoryBytes + (isMemoryKnown ? more : 0)) / maxMemoryBytes - 1, into);
    else if (maxMemoryBytes !== null && point.memoryBytes !== null)
      this.#exceed('memory', point.memoryBytes / maxMemoryBytes - 1, into);
    if (isMemoryKnown && memoryFreeBytes !== null && more > 0)
      this.#exceed('memory', more / Math.max(1, OF_FREE * memoryFreeBytes) - 1, into);
    if (maxAcceleratorBytes !== null && point.acceleratorBytes !== null)
      this.#exceed('accelerator memory', point.acceleratorBytes / Math.max(1, maxAcceleratorBytes) - 1, into);
    if (cpuBusyElsewhere !== null) {
      const busy = this.#models.processor.of((perS * coreMs(point)) / 1000) + cpuBusyElsewhere;
      const most = Math.max(maxCpuBusy, Math.min(1, cpuBusyElsewhere + maxCpuBusy * OWN_SHARE));
      this.#exceed('CPU', busy - most, into);
    }
  }

  #exceed(bound: Bound, by: number, into: Outcome): void {
    if (!(by > 0)) return;
    if (into.exceeded === null || by > into.excess) into.exceeded = bound;
    into.excess += by;
  }
}

/** Inferences a second of all cameras under an interval. */
export function inferredOf({ count, wanted }: Load, intervalMs: number, most: number): number {
  const each = intervalMs > 0 ? 1000 / intervalMs : Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.min(wanted[i]!, each);
  return Math.min(sum, most);
}

function framesOf({ count, frames }: Load): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += frames[i]!;
  return sum;
}

/** Over all frames, where a share `served` of the inferences asked for under an interval is had. */
function meanStaleness({ count, frames, wanted }: Load, intervalMs: number, served: number): number {
  const each = intervalMs > 0 ? 1000 / intervalMs : Number.POSITIVE_INFINITY;
  let sum = 0;
  let all = 0;
  for (let i = 0; i < count; i++) {
    sum += frames[i]! * stalenessOf(wanted[i]!, Math.min(wanted[i]!, each) * served, frames[i]!);
    all += frames[i]!;
  }
  return all === 0 ? 0 : sum / all;
}
