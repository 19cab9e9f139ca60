import { mean } from '../../../foundation/statistics.js';

const HOUR_MS = 3_600_000;
/** Values of each of the two ends that are compared. */
const END = 30;
/** Values in all, one a minute: the middles of the ends are an hour apart. */
const LENGTH = 90;
/** A longer gap begins anew. */
const GAP_MS = 600_000;

/** What a value grows by in an hour: the mean of the last half hour against that of an hour before, so that noise counts little. */
export class HourlyGrowth {
  readonly #values: number[] = [];
  #at = Number.NEGATIVE_INFINITY;

  /**
   * @param t Unix ms, a minute after the one before
   * @returns per hour; null before there are 90 values without a gap
   */
  add(t: number, value: number): number | null {
    const sinceMs = t - this.#at;
    this.#at = t;
    if (sinceMs > GAP_MS || sinceMs < 0) this.#values.length = 0;
    this.#values.push(value);
    if (this.#values.length > LENGTH) this.#values.shift();
    if (this.#values.length < LENGTH) return null;
    const apartMs = (LENGTH - END) * 60_000;
    return ((mean(this.#values.slice(-END))! - mean(this.#values.slice(0, END))!) * HOUR_MS) / apartMs;
  }
}
