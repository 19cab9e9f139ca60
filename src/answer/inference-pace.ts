/** What bounds how often one camera may ask for an inference; looked at with each frame. */
export interface PaceBound {
  /** ms between two inferences at least; 0: as often as the scene asks. */
  readonly inferenceIntervalMs: number;
  /** Whether nothing can be inferred for a while: whatever the scene can answer, it answers. */
  readonly inferencesSuspended: boolean;
}

export const UNBOUNDED: PaceBound = { inferenceIntervalMs: 0, inferencesSuspended: false };

/**
 * Holds back inferences that are asked for too soon after the last, and counts how many there would be without that. What
 * was withheld cannot be counted frame by frame, since the frame after an inference asks for none: a scene that asked after
 * `d` ms and got its inference after `D` would have had `D / d` of them in that time.
 */
export class InferencePace {
  readonly #bound: PaceBound;
  /** ms after the last inference at which the next was first asked for; null where none was yet. */
  #askedAfterMs: number | null = null;
  #wanted = 0;
  #withheld = 0;

  constructor(bound: PaceBound) {
    this.#bound = bound;
  }

  /** Whether every inference that is asked for is made. */
  get isFree(): boolean {
    return this.#bound.inferenceIntervalMs === 0 && !this.#bound.inferencesSuspended;
  }

  /** Inferences that would have been asked for without a bound, those given included; a mean, so no whole number. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Frames for which an inference was asked and withheld. */
  get withheld(): number {
    return this.#withheld;
  }

  /**
   * An inference is asked for.
   *
   * @param sinceMs ms since the last one
   * @param dtMs ms since the frame before
   * @param mustBe whether the answer can wait no longer, however soon that is: only a suspension stands above it
   * @returns whether it is to be made
   */
  asked(sinceMs: number, dtMs: number, mustBe: boolean): boolean {
    // no camera asks more often than it has frames
    this.#askedAfterMs ??= Math.max(1, sinceMs, dtMs);
    const { inferenceIntervalMs, inferencesSuspended } = this.#bound;
    const isDue = mustBe || sinceMs >= inferenceIntervalMs;
    if (isDue && !inferencesSuspended) return true;
    this.#withheld++;
    return false;
  }

  /** An inference was made, `sinceMs` after the one before; the first of all counts as one. */
  inferred(sinceMs: number): void {
    this.#wanted += this.#askedAfterMs === null ? 1 : Math.max(1, sinceMs / this.#askedAfterMs);
    this.#askedAfterMs = null;
  }

  /** What was asked for is answered in another way, as by a scene that was seen before. */
  satisfied(): void {
    this.#askedAfterMs = null;
  }
}
