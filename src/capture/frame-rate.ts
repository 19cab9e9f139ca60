import { EventWindow } from './event-window.js';

const WINDOW_MS = 10_000;

/** Frames per second over the last 10 s, gaps included. */
export class FrameRate {
  #window = new EventWindow(WINDOW_MS, 100);
  #firstAt: number | null = null;

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
    if (elapsed >= WINDOW_MS) return (count * 1000) / WINDOW_MS;
    // the first frame only marks where counting begins
    return count > 1 && elapsed > 0 ? ((count - 1) * 1000) / elapsed : null;
  }
}
