/** A clock that was set back by no more is waited for: the interval goes on meanwhile. */
const PATIENCE_MS = 60_000;

/** Says which interval it is, by a wall clock that may be set. Intervals are aligned to the clock: 300 s begin at each full 5 minutes. */
export class IntervalClock {
  readonly #lengthMs: number;
  #from: number;

  /** @param intervalS length in seconds @param now Unix ms */
  constructor(intervalS: number, now: number) {
    this.#lengthMs = intervalS * 1000;
    this.#from = this.#startOf(now);
  }

  /** Unix ms at which the current interval begins. */
  get from(): number {
    return this.#from;
  }

  /** Unix ms at which it ends. */
  get until(): number {
    return this.#from + this.#lengthMs;
  }

  /**
   * Goes on to the interval of `now` (Unix ms), which is an earlier one where the clock was set back.
   *
   * @returns whether another interval begins
   */
  advance(now: number): boolean {
    const from = this.#startOf(now);
    if (from === this.#from || (from < this.#from && this.#from - now <= PATIENCE_MS)) return false;
    this.#from = from;
    return true;
  }

  #startOf(now: number): number {
    return Math.floor(now / this.#lengthMs) * this.#lengthMs;
  }
}
