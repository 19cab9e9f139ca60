import type { Conditions, Scenario } from './scenario.js';

/** Of a frame that needs no inference. */
const QUICK_MS = 5;
/** Pictures that wait beside those in work, for each that may be in work. */
const QUEUED_PER_SLOT = 1;

/** How a board is set, as far as it matters to serving. */
export interface Setting {
  /** Index of the point in use. */
  readonly point: number;
  readonly intervalMs: number;
  readonly windowMs: number;
  /** Index of the clock. */
  readonly clock: number;
  /** Cores that loading another point takes. */
  readonly loadingCores?: number;
  /** No detector is there: between two that do not fit beside each other. */
  readonly isGap?: boolean;
}

/** What comes of a second. */
export interface Serving {
  /** Effective accuracy: share of all frames that are answered right and on time. */
  readonly accuracy: number;
  readonly framesPerS: number;
  /** Per camera, inferences per second that were made. */
  readonly inferredPerS: Float64Array;
  readonly inferences: number;
  /** Share of the frames answered late or not at all. */
  readonly lateShare: number;
  readonly p95LatencyMs: number;
  readonly serviceMs: number;
  /** Of the most that the point can do, may be above 1. */
  readonly utilisation: number;
  /** How right answers without inference are, beside those with. */
  readonly kept: number;
  readonly watts: number;
  readonly cpuBusy: number;
  readonly cpuBusyElsewhere: number;
}

type World = Pick<Scenario, 'plant' | 'staleLoss' | 'budgets'>;

/**
 * What a board does with its load, from the theory of queues: a picture takes as long as its point does at this clock beside these
 * neighbours; frames that ask for one wait in a short queue, which drops what does not fit; what comes too late is worth nothing,
 * and a scene that gets fewer inferences than it asks for goes stale.
 */
export function servingAt(world: World, conditions: Conditions, setting: Setting): Serving {
  const { plant, staleLoss, budgets } = world;
  const point = plant.points[setting.point]!;
  const clock = plant.clocks[setting.clock]!;
  const cameras = conditions.framesPerS.length;
  let frames = 0;
  let granted = 0;
  const most = setting.intervalMs > 0 ? 1000 / setting.intervalMs : Number.POSITIVE_INFINITY;
  for (let i = 0; i < cameras; i++) {
    frames += conditions.framesPerS[i]!;
    granted += Math.min(conditions.wantedPerS[i]!, most);
  }
  const decoding = (frames * plant.power.cpuMsPerFrame) / 1000;
  const others = conditions.neighbourCores + decoding + (setting.loadingCores ?? 0);
  const stretch = conditions.slowdown[setting.point]! / clock.speed;
  const { workers, batchSize } = point;
  // a fair scheduler shares the cores among all threads that want them; only the part on the CPU is stretched by that
  const isOnCpu = point.provider === 'cpu';
  const threads = isOnCpu ? workers * point.intraOpThreads : Math.min(workers, plant.cores);
  const crowding = Math.max(1, (threads + others) / plant.cores);
  const onCpuMs = isOnCpu ? point.serviceMs : Math.min(point.serviceMs, point.cpuMs ?? 0);
  const aloneMs = (point.serviceMs - onCpuMs + onCpuMs * crowding) * stretch;
  const capacity = (point.picturesPerS * point.serviceMs) / aloneMs;
  const slots = workers * batchSize;
  const utilisation = setting.isGap ? Number.POSITIVE_INFINITY : granted / capacity;
  const batchMs = batchLatency(aloneMs, capacity, workers, batchSize, granted, setting.windowMs);
  const queue = queueOf(utilisation, slots, capacity, batchMs, budgets.latencyMs);
  const lost = setting.isGap ? 1 : queue.dropped;
  const served = granted * (1 - lost);
  const late = served * queue.late;
  const inferredPerS = new Float64Array(cameras);
  let right = 0;
  let keptSum = 0;
  for (let i = 0; i < cameras; i++) {
    const wish = conditions.wantedPerS[i]!;
    const asked = Math.min(wish, most);
    inferredPerS[i] = asked * (1 - lost);
    const kept = wish === 0 ? 1 : Math.exp(-staleLoss * Math.min(100, wish / Math.max(1e-3, inferredPerS[i]!) - 1));
    const onTime = conditions.framesPerS[i]! - asked * (lost + (1 - lost) * queue.late);
    right += onTime * kept;
    keptSum += kept * conditions.framesPerS[i]!;
  }
  const lateShare = frames === 0 ? 0 : (granted * lost + late) / frames;
  const cpuMs = isOnCpu ? (point.cpuMs ?? point.serviceMs * point.intraOpThreads) : (point.cpuMs ?? 0);
  const own = Math.min(plant.cores, (served * cpuMs * stretch) / 1000 + decoding + (setting.loadingCores ?? 0));
  const elsewhere = Math.min(conditions.neighbourCores, plant.cores);
  const millijoules =
    (point.truth.millijoules ?? point.millijoules!) * conditions.slowdown[setting.point]! * clock.energy;
  return {
    accuracy: frames === 0 ? 1 : (conditions.accuracy[setting.point]! * right) / frames,
    framesPerS: frames,
    inferredPerS,
    inferences: served,
    lateShare,
    p95LatencyMs: p95Of(frames, served, queue, batchMs),
    serviceMs: aloneMs,
    utilisation,
    kept: frames === 0 ? 1 : keptSum / frames,
    watts:
      plant.power.idleWatts +
      (served * millijoules + frames * plant.power.millijoulesPerFrame) / 1000 +
      (elsewhere + (setting.loadingCores ?? 0)) * plant.power.wattsPerBusyCore,
    cpuBusy: Math.min(1, (own + elsewhere) / plant.cores),
    cpuBusyElsewhere: elsewhere / plant.cores,
  };
}

/**
 * ms from a worker's taking a picture to its boxes: of n pictures at once a + b n, where n is as many as there are while the worker
 * is busy, or as many as come while it waits for more.
 */
function batchLatency(
  aloneMs: number,
  capacity: number,
  workers: number,
  batchSize: number,
  granted: number,
  windowMs: number,
): number {
  if (batchSize === 1) return aloneMs;
  const fullMs = (batchSize * workers * 1000) / capacity;
  const perPicture = Math.max(0, (fullMs - aloneMs) / (batchSize - 1));
  const fixed = aloneMs - perPicture;
  const perWorker = granted / workers / 1000; // pictures a ms
  const busy = perWorker * perPicture >= 1 ? batchSize : (perWorker * fixed) / (1 - perWorker * perPicture);
  const size = Math.min(batchSize, Math.max(1, busy, 1 + perWorker * windowMs));
  const waited = windowMs === 0 ? 0 : Math.min(windowMs, (size - 1) / Math.max(perWorker, 1e-9));
  return fixed + perPicture * size + waited;
}

interface Queue {
  /** Share of what asks that is dropped, and share of what is served that is late. */
  readonly dropped: number;
  readonly late: number;
  /** Share that waits at all; how fast long waits get rare, per ms; the longest, ms. */
  readonly waits: number;
  readonly decay: number;
  readonly longestMs: number;
}

function queueOf(utilisation: number, slots: number, capacity: number, batchMs: number, budgetMs: number): Queue {
  const places = slots * (1 + QUEUED_PER_SLOT);
  const r = Math.min(utilisation, 1e3);
  // M/M/1/K over all workers together: smooth through overload
  const dropped = Math.abs(r - 1) < 1e-6 ? 1 / (places + 1) : (r - 1) / (r - r ** -places);
  const waits = Math.min(1, r ** Math.sqrt(2 * (slots + 1)));
  const longestMs = ((places - slots) * 1000) / capacity;
  const decay = (2 * Math.max(0, 1 - r) * capacity) / 1000;
  const spare = budgetMs - batchMs;
  const late = spare < 0 ? 1 : spare >= longestMs ? 0 : waits * Math.exp(-decay * spare);
  return { dropped: r === 0 ? 0 : dropped, late, waits, decay, longestMs };
}

/** Over all frames, most of which need no inference. */
function p95Of(frames: number, served: number, { waits, decay, longestMs }: Queue, batchMs: number): number {
  const inferredShare = frames === 0 ? 0 : served / frames;
  if (inferredShare <= 0.05) return QUICK_MS;
  const above = 0.05 / inferredShare;
  if (waits <= above) return QUICK_MS + batchMs;
  const waited = decay === 0 ? longestMs : Math.min(longestMs, Math.log(waits / above) / decay);
  return QUICK_MS + batchMs + waited;
}
