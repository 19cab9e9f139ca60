import type { NumberTape } from './number-tape.js';

const QUARTER_MS = 900_000;
const QUARTERS = 96;
const DAYS = 3;

/**
 * How far off a series is at most in each quarter of an hour, on most days: a backup every night, a queue every Friday evening's rush. The
 * median of the last three days counts, so that what happened once is not usual, and what happens daily is from the second day on.
 */
export class DailyPeaks {
  /** Three days of each quarter, one after the other. */
  readonly #peaks = new Float64Array(QUARTERS * DAYS);
  /** Days seen of each quarter. */
  readonly #seen = new Float64Array(QUARTERS);
  #quarter = -1;
  #peak = 0;

  /** What is usual around this time of the day. @param t Unix ms */
  usual(t: number): number {
    const quarter = Math.floor(t / QUARTER_MS);
    return Math.max(...[-1, 0, 1].map((by) => this.#median((quarter + by + QUARTERS) % QUARTERS)));
  }

  /** @param distance how far off it is now, 0 or more */
  add(t: number, distance: number): void {
    const quarter = Math.floor(t / QUARTER_MS);
    if (quarter !== this.#quarter) {
      if (this.#quarter >= 0) this.#put(this.#quarter % QUARTERS);
      this.#quarter = quarter;
      this.#peak = 0;
    }
    this.#peak = Math.max(this.#peak, distance);
  }

  save(tape: NumberTape): void {
    tape.writeAll(this.#peaks);
    tape.writeAll(this.#seen);
  }

  load(tape: NumberTape): void {
    tape.readInto(this.#peaks);
    tape.readInto(this.#seen);
  }

  #put(quarter: number): void {
    this.#peaks[quarter * DAYS + (this.#seen[quarter]! % DAYS)] = this.#peak;
    this.#seen[quarter]! += 1;
  }

  /** Of days that were not seen yet it is 0. */
  #median(quarter: number): number {
    const days = this.#peaks.slice(quarter * DAYS, (quarter + 1) * DAYS).sort();
    return days[1]!;
  }
}
