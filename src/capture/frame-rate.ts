import { EventWindow } from './event-window.js';

const WINDOW_MS = 10_000;
/** Fewer would make the rate of a slow camera swing between two counts. */
const LEAST_FRAMES = 20;

/** Frames per second over the last 10 s (20 frames of a slow camera), gaps included. */
export class FrameRate {
  #windowMs: number;
  #window: EventWindow;
  #firstAt: number | null = null;

  /** @param intervalMs usual time between two frames, 0 where it is not known */
  constructor(intervalMs = 0) {
    this.#windowMs = Math.max(WINDOW_MS, LEAST_FRAMES * intervalMs);
    this.#window = new EventWindow(this.#windowMs, 100);
  }

  /** @param now monotonic ms */
  add(now: number): void {
    this.#firstAt ??= now;
    this.#window.add(now);
  }

  /** frames/s, null before two frames have come. */
  fps(now: number): number | null {
    if (this.#firstAt === null) return null;
    const count = this.#window.count(now);
    const elapsed = now - this.#firstAt;
    if (elapsed >= this.#windowMs) return (count * 1000) / this.#windowMs;
    // the first frame only marks where counting begins
    return count > 1 && elapsed > 0 ? ((count - 1) * 1000) / elapsed : null;
  }
}
