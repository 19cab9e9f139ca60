/** One signal cycle divides a chapter; red comes first, and in the last one so short that the queue still gets away. */
export const CYCLE_MS = 60_000;
const LONGEST_LAST_RED_MS = 24_000;
/** The end of green, in which nobody brakes yet. */
const YELLOW_MS = 3000;

/** What the signal shows, and since when on the scene's clock, ms. */
export interface Signal {
  readonly state: 'red' | 'yellow' | 'green';
  readonly sinceMs: number;
}

/** The signal of a road, which shows the same in each chapter. Times are ms of a chapter. */
export class SignalCycle {
  /** Of each cycle, ms; 0 without a signal. */
  readonly #redMs: number;
  readonly #chapterMs: number;

  constructor(redMs: number, chapterMs: number) {
    this.#redMs = redMs;
    this.#chapterMs = chapterMs;
  }

  /** End of the red phase of the cycle at hand. */
  redUntil(now: number): number {
    const isLast = now >= this.#chapterMs - CYCLE_MS;
    return now - (now % CYCLE_MS) + (isLast ? Math.min(this.#redMs, LONGEST_LAST_RED_MS) : this.#redMs);
  }

  /** What it shows, and since when; null without one. */
  at(ms: number): { readonly state: Signal['state']; readonly since: number } | null {
    if (this.#redMs === 0) return null;
    const cycle = ms - (ms % CYCLE_MS);
    const red = this.redUntil(ms);
    if (ms < red) return { state: 'red', since: cycle };
    const yellow = cycle + CYCLE_MS - YELLOW_MS;
    return ms < yellow ? { state: 'green', since: red } : { state: 'yellow', since: yellow };
  }
}
