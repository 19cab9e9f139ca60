/** A camera that was silent for so long at least was not seen meanwhile. */
const SHORTEST_OUTAGE_MS = 3000;
/** As was one that took so many times longer than it usually does between two pictures. */
const USUAL_GAPS = 4;
/** However slow it is. */
const LONGEST_GAP_MS = 120_000;
/** Weight of the latest gap in what is usual. */
const WEIGHT = 0.2;

/**
 * How long a camera was seen: the time between two of its answers counts, unless it is so long that the camera must have been
 * away. Vehicles that passed meanwhile are counted nowhere.
 */
export class Coverage {
  #at: number | null = null;
  #usualMs: number | null = null;

  /**
   * Another picture was answered.
   *
   * @param now ms on a clock that only goes forward
   * @returns ms since the one before in which the camera was seen
   */
  seen(now: number): number {
    const gapMs = this.#at === null ? null : Math.max(0, now - this.#at);
    this.#at = now;
    if (gapMs === null || gapMs > this.#longestMs) return 0;
    this.#usualMs = this.#usualMs === null ? gapMs : this.#usualMs + WEIGHT * (gapMs - this.#usualMs);
    return gapMs;
  }

  /** The camera shows nothing that can be believed: what follows is not joined to what was before. */
  interrupted(): void {
    this.#at = null;
  }

  get #longestMs(): number {
    // of a camera that nobody knows yet, the first gap says how slow it is
    if (this.#usualMs === null) return LONGEST_GAP_MS;
    return Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_OUTAGE_MS, this.#usualMs * USUAL_GAPS));
  }
}
