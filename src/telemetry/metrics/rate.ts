/** Readings that a rate looks back over. */
const READINGS = 11;

/** Events per second out of a counter that is read now and then: over the last 10 readings (10 s at one a second). */
export class Rate {
  readonly #times: number[] = [];
  readonly #counts: number[] = [];

  /** @param ms,count when the counter was read and what it said */
  read(ms: number, count: number): void {
    // the time before the first event, while something was still loading, is no part of its rate
    if (count === 0) this.#forget();
    this.#times.push(ms);
    this.#counts.push(count);
    if (this.#times.length <= READINGS) return;
    this.#times.shift();
    this.#counts.shift();
  }

  #forget(): void {
    this.#times.length = 0;
    this.#counts.length = 0;
  }

  /** null until two readings at different times were made. */
  get perSecond(): number | null {
    const last = this.#times.length - 1;
    const ms = last > 0 ? this.#times[last]! - this.#times[0]! : 0;
    return ms > 0 ? ((this.#counts[last]! - this.#counts[0]!) * 1000) / ms : null;
  }
}
