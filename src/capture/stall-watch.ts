/** Most often and least often that the watch looks, ms. */
const LEAST_PERIOD_MS = 20;
const MOST_PERIOD_MS = 60_000;
const LOOKS_PER_LIMIT = 10;
const LEAST_INTERVALS = 3;
const MOST_DOUBLINGS = 2;

/** Decides when a reader that shows nothing is stalled. All times are monotonic ms; somebody else owns the timer. */
export class StallWatch {
  #timeoutMs: number;
  #keyFrameMs: number;
  #intervalMs: number;
  /** When the last frame came, or the first one could be expected. */
  #sign = 0;
  /** When data last came of which no picture could be made. */
  #heard = 0;
  #looked = 0;
  #periodMs = 0;
  /** Stalls since the last frame. */
  #inARow = 0;

  /**
   * @param intervalMs longest usual time between two frames, 0 where it is not known
   * @param keyFrameMs longest time without a frame while data comes; no less than the limit
   */
  constructor(timeoutMs: number, intervalMs: number, keyFrameMs = 0) {
    this.#timeoutMs = timeoutMs;
    this.#keyFrameMs = keyFrameMs;
    this.#intervalMs = intervalMs;
  }

  /**
   * How long no frame may come: the timeout, at least three usual intervals. Twice, then four times as long for the
   * first frame after stalls: a camera whose key frames are far apart would never get to show one.
   */
  get limitMs(): number {
    const least = LEAST_INTERVALS * this.#intervalMs;
    return Math.round(Math.max(this.#timeoutMs, least) * 2 ** Math.min(MOST_DOUBLINGS, this.#inARow));
  }

  /** The stream announces its rate, frames/s > 0. */
  expectFps(fps: number): void {
    this.#intervalMs = Math.max(this.#intervalMs, 1000 / fps);
  }

  /** A reader starts. @returns how often to `look` */
  begin(now: number): number {
    this.#sign = now;
    this.#heard = now;
    this.#looked = now;
    this.#periodMs = Math.min(MOST_PERIOD_MS, Math.max(LEAST_PERIOD_MS, this.limitMs / LOOKS_PER_LIMIT));
    return this.#periodMs;
  }

  /** A frame came, or waits for us and not we for it. */
  frame(now: number): void {
    this.#sign = now;
    this.#heard = now;
    this.#inARow = 0;
  }

  /** Data came, but no picture can be made of it before a key frame comes. */
  waiting(now: number): void {
    this.#heard = now;
  }

  /** @returns the limit that has passed without a frame, null if none has */
  look(now: number): number | null {
    // time in which this process itself was held up is not the camera's
    const late = now - this.#looked - this.#periodMs;
    if (late > this.#periodMs) this.#sign += late;
    if (late > this.#periodMs) this.#heard += late;
    this.#looked = now;
    const { limitMs } = this;
    // the limit is for silence; while data comes, it is the key frame's
    const waitsMs = now - this.#heard < limitMs ? Math.max(limitMs, this.#keyFrameMs) : limitMs;
    if (now - this.#sign < waitsMs) return null;
    this.#inARow++;
    return waitsMs;
  }
}
