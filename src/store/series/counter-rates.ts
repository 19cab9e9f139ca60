interface Earlier {
  readonly value: number;
  /** ms on a clock that only goes forward. */
  readonly at: number;
}

/** So long between two readings of a counter, nobody knows when it grew. */
const LONGEST_MS = 10_000;

/** Counters as what they grow by per second. */
export class CounterRates {
  readonly #earlier = new Map<string, Earlier>();

  /**
   * @param value null where there is no reading
   * @param at ms on a clock that only goes forward
   * @returns per second since the reading before; null where there was none, it is too long ago, or the counter began anew
   */
  rate(name: string, value: number | null, at: number): number | null {
    const before = this.#earlier.get(name);
    if (value === null) {
      this.#earlier.delete(name);
      return null;
    }
    this.#earlier.set(name, { value, at });
    if (before === undefined || value < before.value) return null;
    const ms = at - before.at;
    return ms > 0 && ms <= LONGEST_MS ? ((value - before.value) * 1000) / ms : null;
  }
}
