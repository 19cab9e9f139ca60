/** A step of more than this, and of more than three usual ones, is a jump of the stream's clock, not a pause of the scene. */
const LONGEST_STEP_MS = 10_000;

/**
 * Turns a stream's own timestamps into a clock that only moves forward: where they jump back, wrap around, leap ahead
 * or begin anew after a restart, the clock goes on by one usual step.
 */
export class SceneClock {
  #last: number | null = null;
  #now = 0;
  #step = 40;
  /** Frames without a timestamp since the last one that had one, and ms that the clock went on for them: the next timestamp has these in it. */
  #unstamped = 0;
  #aheadMs = 0;
  #longestStep: number;

  /** Times that the timestamps jumped. */
  jumps = 0;

  /** @param intervalMs longest usual time between two frames, 0 where it is not known */
  constructor(intervalMs = 0) {
    this.#longestStep = Math.max(LONGEST_STEP_MS, 3 * intervalMs);
  }

  /**
   * @param mediaMs the frame's own timestamp, null where it has none
   * @returns ms since the first frame
   */
  at(mediaMs: number | null): number {
    if (mediaMs === null) {
      this.#unstamped++;
      this.#aheadMs += this.#step;
      return this.#advance(this.#step);
    }
    const step = this.#last === null ? null : mediaMs - this.#last;
    const frames = this.#unstamped + 1;
    this.#last = mediaMs;
    this.#unstamped = 0;
    if (step !== null && step > 0 && step <= this.#longestStep) {
      this.#step = step / frames;
      const left = Math.max(0, step - this.#aheadMs);
      this.#aheadMs = Math.max(0, this.#aheadMs - step);
      return this.#advance(left);
    }
    this.#aheadMs = 0;
    if (step === null) return frames === 1 ? this.#now : this.#advance(this.#step);
    this.jumps++;
    return this.#advance(this.#step);
  }

  /** The next timestamps belong to another run of the reader: their start is not a jump. */
  restart(): void {
    if (this.#last === null) return;
    this.#last = null;
    this.#unstamped = this.#aheadMs = 0;
    this.#advance(this.#step);
  }

  #advance(step: number): number {
    this.#now += step;
    return this.#now;
  }
}
