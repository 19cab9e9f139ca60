/** Whole numbers as ranges: a day of numbers that came in order is one range. */
export class NumberSet {
  /** From and to, both included; sorted, and never next to each other. */
  readonly #ranges: [number, number][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get ranges(): readonly (readonly [number, number])[] {
    return this.#ranges;
  }

  has(n: number): boolean {
    const at = this.#lastBefore(n);
    return at >= 0 && this.#ranges[at]![1] >= n;
  }

  /** @returns false where it was there already */
  add(n: number): boolean {
    const at = this.#lastBefore(n);
    const before = this.#ranges[at];
    if (before && before[1] >= n) return false;
    const after = this.#ranges[at + 1];
    const joinsBefore = before?.[1] === n - 1;
    const joinsAfter = after?.[0] === n + 1;
    if (joinsBefore && joinsAfter) {
      before[1] = after[1];
      this.#ranges.splice(at + 1, 1);
    } else if (joinsBefore) before[1] = n;
    else if (joinsAfter) after[0] = n;
    else this.#ranges.splice(at + 1, 0, [n, n]);
    this.#size++;
    return true;
  }

  /** How many lower numbers there are. */
  sizeBelow(n: number): number {
    return n - 1 - sizeOf(this.missing(1, n - 1));
  }

  /** What is not there, of `from` up to `to`, both included. */
  missing(from: number, to: number): [number, number][] {
    const missing: [number, number][] = [];
    let next = from;
    for (const [low, high] of this.#ranges) {
      if (high < next) continue;
      if (low > to) break;
      if (low > next) missing.push([next, low - 1]);
      next = high + 1;
    }
    if (next <= to) missing.push([next, to]);
    return missing;
  }

  /** Index of the last range that begins at or before a number; -1 where none does. */
  #lastBefore(n: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]![0] <= n) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** How many numbers are in some ranges. */
export const sizeOf = (ranges: readonly (readonly [number, number])[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
