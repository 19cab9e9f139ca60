import type { KnownPoint } from '../operating-point.js';

/** What pictures wait and how long they take, at one operating point under one load. */
export interface QueueOutlook {
  /** Share of the workers' time that is busy; above 1 they cannot keep up. */
  utilisation: number;
  /** ms from being handed over to the boxes, without waiting. */
  serviceMs: number;
  /** Share of the pictures that wait at all. */
  waiting: number;
  /** ms that those wait, mean; their waits are taken as exponential. */
  waitMs: number;
}

/** Utilisation beyond which the formula's waits say nothing. */
const FULL = 0.985;
/** How much the gaps between pictures and the times they take vary together, (ca² + cs²) / 2: cameras are steadier than calls. */
const VARIABILITY = 0.6;
/** Share of the time that a batch is left to be busy, before more pictures are put into it. */
const BUSY = 0.7;

/**
 * Waits at the workers, after Sakasegawa's approximation for several servers.
 *
 * A worker takes t(n) = a + b·n for n pictures, known from one picture alone and from its fullest batch; batches are as
 * large as the load needs. Where batches hold one picture, t is that of a lone worker at rest and that of all at work.
 *
 * @param perS pictures per second
 * @param slowdown by which everything takes longer than the profile says
 */
export function outlookOfQueue(point: KnownPoint, perS: number, slowdown: number, into: QueueOutlook): void {
  const { workers, batchSize, picturesPerS } = point;
  const alone = point.serviceMs * slowdown;
  const fullest = Math.max(alone, (1000 * workers * batchSize * slowdown) / picturesPerS);
  const utilisation = (perS * slowdown) / picturesPerS;
  into.utilisation = utilisation;
  into.serviceMs = serviceAt(perS / workers / 1000, alone, fullest, batchSize);
  const busy = Math.min(utilisation, FULL);
  into.waiting = Math.min(1, busy ** (Math.sqrt(2 * (workers + 1)) - 1));
  into.waitMs = (into.serviceMs * VARIABILITY) / (workers * (1 - busy));
}

/** ms of the smallest batch that keeps a worker busy `BUSY` of its time or less. */
function serviceAt(perMs: number, alone: number, fullest: number, batchSize: number): number {
  if (batchSize === 1) return alone + (fullest - alone) * Math.min(1, perMs * fullest);
  const each = (fullest - alone) / (batchSize - 1);
  const fixed = alone - each;
  // perMs · (fixed + each·n) / n = BUSY
  const needed = (perMs * fixed) / Math.max(1e-9, BUSY - perMs * each);
  const pictures = BUSY <= perMs * each ? batchSize : Math.min(batchSize, Math.max(1, needed));
  return fixed + each * pictures;
}

/** Share of the pictures that take longer than `ms` in all, where a picture's own time varies by `sd` (of its logarithm). */
export function shareLaterThan(ms: number, { serviceMs, waiting, waitMs }: QueueOutlook, sd: number): number {
  const spare = ms - serviceMs;
  const slow = ms <= 0 ? 1 : 1 - normal(Math.log(ms / serviceMs) / Math.max(sd, 0.01));
  if (spare <= 0) return Math.max(slow, waiting);
  return Math.min(1, slow + waiting * Math.exp(-spare / Math.max(1e-6, waitMs)));
}

/** ms within which a share of `1 - rest` of the pictures is done. */
export function latencyOf(rest: number, { serviceMs, waiting, waitMs }: QueueOutlook, sd: number): number {
  const wait = rest >= waiting ? 0 : waitMs * Math.log(waiting / rest);
  // 1.64: the 95th percentile of a normal distribution
  return serviceMs * Math.exp(1.64 * sd * Math.min(1, 0.05 / Math.max(rest, 0.05))) + wait;
}

/** Share of a normal distribution that lies below `z` (Abramowitz and Stegun 26.2.17). */
export function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    0.3989423 *
    Math.exp((-z * z) / 2) *
    t *
    (0.3193815 + t * (-0.3565638 + t * (1.781478 + t * (-1.821256 + t * 1.330274))));
  return z > 0 ? 1 - tail : tail;
}
