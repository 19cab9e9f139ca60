/** Whole ms up to a minute, counted: a run of millions takes no more room than one of ten. */
export class Histogram {
  readonly #counts = new Uint32Array(60_001);
  #count = 0;

  add(ms: number): void {
    const at = Math.min(this.#counts.length - 1, Math.max(0, Math.round(ms)));
    this.#counts[at] = this.#counts[at]! + 1;
    this.#count++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  /** @returns ms; null without any */
  quantile(share: number): number | null {
    let left = share * this.#count;
    if (this.#count === 0) return null;
    for (const [ms, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return ms;
    }
    return this.#counts.length - 1;
  }
}
