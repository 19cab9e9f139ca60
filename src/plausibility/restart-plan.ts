const MINUTE = 60_000;
/** Pauses between two restarts: a camera that stays frozen is not bothered every minute. */
const PAUSES = [MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE];
/** What lived this long is well again: the next freeze is mended at once. */
const WELL = 10 * MINUTE;

/** When the reader of a frozen camera is started anew: at once, after 1, 2, 5 minutes and every 15 minutes from then on. */
export class RestartPlan {
  #restarts = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #frozenAt = Number.NEGATIVE_INFINITY;

  /** @param now ms that only go forward. @returns whether to start the reader anew now */
  due(isFrozen: boolean, now: number): boolean {
    if (!isFrozen) {
      if (now - this.#frozenAt >= WELL) this.#restarts = 0;
      return false;
    }
    this.#frozenAt = now;
    const pause = this.#restarts === 0 ? 0 : PAUSES[Math.min(this.#restarts, PAUSES.length) - 1]!;
    if (now - this.#lastAt < pause) return false;
    this.#lastAt = now;
    this.#restarts++;
    return true;
  }
}
