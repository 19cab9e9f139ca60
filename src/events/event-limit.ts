/** Lets so many events a second through on average, and as many at once after a quiet second. */
export class EventLimit {
  /** Events a second. */
  perSecond: number;
  #left: number;
  #at = Number.NEGATIVE_INFINITY;
  #dropped = 0;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
    this.#left = perSecond;
  }

  /** Events that were not let through. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param now ms; time that goes back stands still @returns whether one more event may go out; counted if not */
  take(now: number): boolean {
    const sinceMs = Math.max(0, now - this.#at);
    this.#left = Math.min(this.perSecond, this.#left + (sinceMs / 1000) * this.perSecond);
    this.#at = now;
    if (this.#left < 1) {
      this.#dropped++;
      return false;
    }
    this.#left--;
    return true;
  }
}
