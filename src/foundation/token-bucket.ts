/** Lets so many through a second on average, and `burst` at once after a quiet time. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
  }

  /** @param now ms that only go forward @returns whether one more may pass */
  take(now: number): boolean {
    const sinceMs = Math.max(0, now - this.#at);
    this.#left = Math.min(this.#burst, this.#left + (sinceMs / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
