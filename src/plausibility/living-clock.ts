import type { Liveliness } from './frozen-picture.js';

/**
 * The scene's time less the time in which the picture was frozen: by it, nobody stands before a frozen picture. While that
 * is only suspected the time stands still, and is made up for where the suspicion was wrong.
 */
export class LivingClock {
  #frozenMs = 0;
  #heldAt: number | null = null;
  #wasFrozen = false;

  /** @param sceneMs of the next frame. @returns ms that count */
  at(sceneMs: number, liveliness: Liveliness): number {
    if (liveliness !== 'live') {
      this.#heldAt ??= sceneMs;
      this.#wasFrozen ||= liveliness === 'frozen';
      return this.#heldAt - this.#frozenMs;
    }
    if (this.#wasFrozen) this.#frozenMs += sceneMs - this.#heldAt!;
    this.#heldAt = null;
    this.#wasFrozen = false;
    return sceneMs - this.#frozenMs;
  }
}
