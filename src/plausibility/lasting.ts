/** What decides whether something that comes and goes is told of. */
export interface LastingOptions {
  /** ms over which its share of the time is averaged. */
  readonly overMs: number;
  /** Share of the time, 0..1, from which it holds, and below which it is over. */
  readonly from: number;
  readonly until: number;
}

/** A moment is not a state: something holds once it was so for most of some time, and is over once it hardly is any more. */
export class Lasting {
  readonly #options: LastingOptions;
  #share = 0;
  #since: number | null = null;

  constructor(options: LastingOptions) {
    this.#options = options;
  }

  /** Unix or monotonic ms, as `see` was given, since when it holds; null where it does not. */
  get since(): number | null {
    return this.#since;
  }

  /** How it is now. @param passedMs since it was seen before @returns whether it holds */
  see(isSo: boolean, passedMs: number, now: number): boolean {
    const { overMs, from, until } = this.#options;
    this.#share += (1 - Math.exp(-passedMs / overMs)) * ((isSo ? 1 : 0) - this.#share);
    if (this.#since === null && this.#share >= from) this.#since = now;
    else if (this.#since !== null && this.#share < until) this.#since = null;
    return this.#since !== null;
  }
}
