/** Whole numbers as ranges: a day of numbers that came in order is one range. */
export class NumberSet {
  /** From and to, both included; sorted, and never next to each other. */
  readonly #ranges: [number, number][];
  readonly #mostRanges: number;
  #size: number;
  #forgotten: number;

  /**
   * @param ranges what is there from the start, as `ranges` gave it
   * @param mostRanges where there would be more, the lowest gap is taken for filled, and counted in `forgotten`
   * @param forgotten how many numbers of these ranges never were there
   */
  constructor(
    ranges: readonly (readonly [number, number])[] = [],
    mostRanges: number = Number.POSITIVE_INFINITY,
    forgotten = 0,
  ) {
    this.#ranges = ranges.map(([from, to]) => [from, to]);
    this.#mostRanges = mostRanges;
    this.#size = countIn(ranges) - forgotten;
    this.#forgotten = forgotten;
  }

  /** Numbers that never came and are taken for known, because there were too many gaps. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The highest; null where there is none. */
  get highest(): number | null {
    return this.#ranges.at(-1)?.[1] ?? null;
  }

  get size(): number {
    return this.#size;
  }

  /** As they are now: what comes later changes nothing of them. */
  get ranges(): readonly (readonly [number, number])[] {
    return this.#ranges.map(([from, to]) => [from, to] as const);
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
    if (this.#ranges.length > this.#mostRanges) this.#forgetLowestGap();
    return true;
  }

  /** How many lower numbers there are. */
  sizeBelow(n: number): number {
    return n - 1 - countIn(this.missing(1, n - 1));
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

  #forgetLowestGap(): void {
    const [lowest, next] = this.#ranges as [[number, number], [number, number]];
    this.#forgotten += next[0] - lowest[1] - 1;
    lowest[1] = next[1];
    this.#ranges.splice(1, 1);
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
export const countIn = (ranges: readonly (readonly [number, number])[]): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
