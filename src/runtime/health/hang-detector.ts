/** What is seen of a main thread at one moment. */
export interface Glance {
  /** Grows while its event loop turns. */
  readonly beats: number;
  /** Since the last look, in ms of a clock that goes on while the process is stopped. */
  readonly elapsedMs: number;
  /** It waits for a disk or a driver, where nothing can end it either. */
  readonly waitsForDisk: boolean;
}

/** A look that comes so many times later than it should: whoever looks was held up too, so it says nothing. */
const LATE = 2;

/** Decides from regular looks at a main thread whether it hangs. */
export class HangDetector {
  readonly #limitMs: number;
  readonly #everyMs: number;
  #beats: number | null = null;
  #stillMs = 0;

  /** @param everyMs pause between two looks */
  constructor(limitMs: number, everyMs: number) {
    this.#limitMs = limitMs;
    this.#everyMs = everyMs;
  }

  /** @returns whether it did nothing for `limitMs`, times apart in which it could not or nobody could have */
  look({ beats, elapsedMs, waitsForDisk }: Glance): boolean {
    const turned = beats !== this.#beats;
    this.#beats = beats;
    if (turned) this.#stillMs = 0;
    else if (!waitsForDisk && elapsedMs <= LATE * this.#everyMs) this.#stillMs += elapsedMs;
    return this.#stillMs >= this.#limitMs;
  }
}
