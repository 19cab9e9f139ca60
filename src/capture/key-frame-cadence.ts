/** Intervals that are looked at: one lost key frame makes one of them twice as long. */
const KEPT = 5;

/** ms without a key frame that say something by themselves. */
const LONG_WAIT = 4000;

/** How often a stream sends a whole picture, from which a decoder can begin anew. */
export class KeyFrameCadence {
  readonly #intervals: number[] = [];
  #lastMs: number | null = null;
  #nowMs = 0;

  /**
   * ms between two key frames, as it mostly is; where the last one is longer ago than that and long ago, as long as that: it
   * is so much or more. null while nothing is known.
   */
  get intervalMs(): number | null {
    if (this.#lastMs === null) return null;
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    const usual = sorted[Math.floor(sorted.length / 2)] ?? null;
    const waited = this.#nowMs - this.#lastMs;
    return waited > Math.max(LONG_WAIT, usual ?? 0) ? waited : usual;
  }

  /** @param mediaMs the stream's own time of a key frame; null where it has none */
  keyFrame(mediaMs: number | null): void {
    if (mediaMs === null) return;
    // a clock that jumped back says nothing of the time between
    if (this.#lastMs !== null && mediaMs > this.#lastMs) this.#intervals.push(mediaMs - this.#lastMs);
    if (this.#intervals.length > KEPT) this.#intervals.shift();
    this.#lastMs = this.#nowMs = mediaMs;
  }

  /** @param mediaMs of any picture */
  picture(mediaMs: number | null): void {
    if (mediaMs !== null && mediaMs > this.#nowMs) this.#nowMs = mediaMs;
  }
}
