import type { KnownPoint } from '../operating-point.js';

/** How long pictures wait and take, at one operating point under one load. */
export interface QueueOutlook {
  /** Share of the workers' time that is busy; above 1 they cannot keep up. */
  utilisation: number;
  /** ms from being taken by a worker to the boxes. */
  serviceMs: number;
  /** Share of the pictures that wait at all. */
  waiting: number;
  /** ms that those wait, mean; their waits are taken as exponential. */
  waitMs: number;
}

/** Utilisation beyond which the formula's waits say nothing. */
const FULL = 0.985;
/** (ca² + cs²) / 2 of gaps and times: cameras are steadier than callers, and pictures are alike. */
const VARIABILITY = 0.5;
/** Share of its time that a worker is let be busy before more pictures are put into its batches. */
const BUSY = 0.7;

/**
 * Waits at the workers, after Sakasegawa's approximation for several servers.
 *
 * A worker takes t(n) = a + b·n for n pictures, known from one picture alone and from its fullest batch; batches are as
 * large as the load needs. Where batches hold one picture, t lies between that of a lone worker and that of all at work.
 *
 * @param perS pictures per second
 * @param slowdown by which everything takes longer than the profile says
 */
export function outlookOfQueue(point: KnownPoint, perS: number, slowdown: number, into: QueueOutlook): void {
  const { workers, picturesPerS } = point;
  into.utilisation = (perS * slowdown) / picturesPerS;
  into.serviceMs = batchMs(point, perS, slowdown);
  const busy = Math.min(into.utilisation, FULL);
  into.waiting = Math.min(1, busy ** (Math.sqrt(2 * (workers + 1)) - 1));
  into.waitMs = (into.serviceMs * VARIABILITY) / (workers * (1 - busy));
}

/** ms that a worker takes for the smallest batches which keep it busy `BUSY` of its time or less. */
function batchMs({ serviceMs, workers, batchSize, picturesPerS }: KnownPoint, perS: number, slowdown: number): number {
  const alone = serviceMs * slowdown;
  const fullest = Math.max(alone, (1000 * workers * batchSize * slowdown) / picturesPerS);
  const perMs = perS / workers / 1000;
  if (batchSize === 1) return alone + (fullest - alone) * Math.min(1, perMs * fullest);
  const each = (fullest - alone) / (batchSize - 1);
  const fixed = alone - each;
  // perMs · (fixed + each·n) / n = BUSY
  const spare = BUSY - perMs * each;
  const pictures = spare <= 0 ? batchSize : Math.min(batchSize, Math.max(1, (perMs * fixed) / spare));
  return fixed + each * pictures;
}

/**
 * Share of the pictures that take longer than `ms` in all.
 *
 * @param sd by which a picture's own time varies, of its logarithm
 */
export function shareLaterThan(ms: number, { serviceMs, waiting, waitMs }: QueueOutlook, sd: number): number {
  if (ms <= 0) return 1;
  const slow = 1 - normal(Math.log(ms / serviceMs) / sd);
  const spare = ms - serviceMs;
  if (spare <= 0) return Math.max(slow, waiting);
  return Math.min(1, slow + waiting * Math.exp(-spare / Math.max(1e-6, waitMs)));
}

/** ms within which all but a share `rest` of the pictures are done, 0 < rest < 1. */
export function latencyOf(rest: number, { serviceMs, waiting, waitMs }: QueueOutlook, sd: number): number {
  const wait = rest >= waiting ? 0 : waitMs * Math.log(waiting / rest);
  return serviceMs * Math.exp(sd * quantileOfNormal(1 - rest)) + wait;
}

/** Share of a normal distribution below `z` (Abramowitz and Stegun 26.2.17). */
export function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial = 0.3193815 + t * (-0.3565638 + t * (1.781478 + t * (-1.821256 + t * 1.330274)));
  const tail = 0.3989423 * Math.exp((-z * z) / 2) * t * polynomial;
  return z > 0 ? 1 - tail : tail;
}

/** The other way round, to 0.5 % (Abramowitz and Stegun 26.2.22). */
function quantileOfNormal(share: number): number {
  if (share < 0.5) return -quantileOfNormal(1 - share);
  const t = Math.sqrt(-2 * Math.log(Math.max(1e-9, 1 - share)));
  return t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + t * 0.04481));
}
