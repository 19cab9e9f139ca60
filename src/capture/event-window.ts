/** Counts events over the last `windowMs` in a fixed number of slots, so that any rate costs the same memory. */
export class EventWindow {
  #slotMs: number;
  #counts: Uint32Array;
  /** Number of the newest slot, counted from time 0. */
  #newest = -1;
  #total = 0;

  constructor(windowMs: number, slots: number) {
    this.#slotMs = windowMs / slots;
    this.#counts = new Uint32Array(slots);
  }

  /** @param now ms ≥ 0 on a clock that does not run backwards */
  add(now: number): void {
    this.#forget(now);
    this.#counts[this.#newest % this.#counts.length]!++;
    this.#total++;
  }

  /** Events within the window that ends at `now`, exact to one slot. */
  count(now: number): number {
    this.#forget(now);
    return this.#total;
  }

  #forget(now: number): void {
    const slot = Math.floor(now / this.#slotMs);
    const { length } = this.#counts;
    for (let s = Math.max(this.#newest, slot - length) + 1; s <= slot; s++) {
      this.#total -= this.#counts[s % length]!;
      this.#counts[s % length] = 0;
    }
    if (slot > this.#newest) this.#newest = slot;
  }
}
