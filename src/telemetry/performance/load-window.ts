import { mean } from '../../foundation/statistics.js';
import { LATENCY_BUCKETS, quantileOf } from '../metrics/histogram.js';

/** What is counted since the start, read together. */
export interface LoadCounts {
  /** Frames that got an answer. */
  readonly answered: number;
  /** Frames that got none because something failed; those that were dropped for want of time are not among them. */
  readonly failed: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** ms of all response times together. */
  readonly responseSumMs: number;
  /** Observations by bucket of a `Histogram`, all cameras together. */
  readonly responses: Float64Array;
  /** 0..1 of all cores; null: no reading. */
  readonly cpu: number | null;
  /** Resident bytes of all our processes together; null: no reading. */
  readonly memoryBytes: number | null;
}

/** How the program did over a stretch of time. A number that nothing happened for is null. */
export interface LoadSummary {
  /** ms that the numbers are of: less than was asked for soon after the start. */
  readonly windowMs: number;
  /** From the capture of a frame to its answer. */
  readonly avgResponseTimeMs: number | null;
  readonly p95ResponseTimeMs: number | null;
  /** Answers per s. */
  readonly throughput: number | null;
  /** 0..1 of the cache's lookups. */
  readonly cacheHitRate: number | null;
  /** 0..1 of the frames that were to be answered. */
  readonly errorRate: number | null;
  /** Mean, 0..100 of all cores together. */
  readonly cpuUsagePercent: number | null;
  /** Mean of all our processes together, in MiB. */
  readonly memoryUsageMb: number | null;
}

interface Slot {
  readonly ms: number;
  readonly answered: number;
  readonly failed: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly responseSumMs: number;
  readonly responses: Uint32Array;
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
}

const MEBIBYTE = 2 ** 20;

/** The last hour of the program's load in slots of 10 s, about 300 kB. Pure: whoever has the numbers hands them in. */
export class LoadWindow {
  readonly #slots: Slot[] = [];
  readonly #most: number;
  #last: { readonly at: number; readonly counts: LoadCounts } | null = null;

  /** @param most slots that are kept; the oldest goes first */
  constructor(most = 360) {
    this.#most = most;
  }

  /** Ends a slot. @param at ms on a clock that only goes forward */
  add(at: number, counts: LoadCounts): void {
    const last = this.#last;
    this.#last = { at, counts };
    if (last === null || at <= last.at) return;
    const grown = (name: 'answered' | 'failed' | 'cacheHits' | 'cacheMisses' | 'responseSumMs') =>
      Math.max(0, counts[name] - last.counts[name]);
    this.#slots.push({
      ms: at - last.at,
      answered: grown('answered'),
      failed: grown('failed'),
      cacheHits: grown('cacheHits'),
      cacheMisses: grown('cacheMisses'),
      responseSumMs: grown('responseSumMs'),
      responses: Uint32Array.from(counts.responses, (count, i) => Math.max(0, count - last.counts.responses[i]!)),
      cpu: counts.cpu,
      memoryBytes: counts.memoryBytes,
    });
    if (this.#slots.length > this.#most) this.#slots.shift();
  }

  /** @param windowMs how far back, in whole slots; at least the newest one */
  summary(windowMs: number): LoadSummary {
    const slots = this.#newest(windowMs);
    const sum = (read: (slot: Slot) => number) => slots.reduce((total, slot) => total + read(slot), 0);
    const ms = sum((slot) => slot.ms);
    const answered = sum((slot) => slot.answered);
    const hits = sum((slot) => slot.cacheHits);
    const failed = sum((slot) => slot.failed);
    const responses = new Float64Array(LATENCY_BUCKETS);
    for (const slot of slots) for (let i = 0; i < LATENCY_BUCKETS; i++) responses[i]! += slot.responses[i]!;
    const cpu = mean(slots.flatMap(({ cpu }) => cpu ?? []));
    const memory = mean(slots.flatMap(({ memoryBytes }) => memoryBytes ?? []));
    return {
      windowMs: ms,
      avgResponseTimeMs: ratio(
        sum((slot) => slot.responseSumMs),
        answered,
      ),
      p95ResponseTimeMs: quantileOf(responses, 0.95),
      throughput: ratio(answered * 1000, ms),
      cacheHitRate: ratio(hits, hits + sum((slot) => slot.cacheMisses)),
      errorRate: ratio(failed, answered + failed),
      cpuUsagePercent: cpu === null ? null : cpu * 100,
      memoryUsageMb: memory === null ? null : memory / MEBIBYTE,
    };
  }

  #newest(windowMs: number): readonly Slot[] {
    let ms = 0;
    let from = this.#slots.length;
    while (from > 0 && (ms === 0 || ms < windowMs)) ms += this.#slots[--from]!.ms;
    return this.#slots.slice(from);
  }
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
