import { explain } from '../foundation/errors.js';

/** What was made, or why it was not, for people. */
export type AskedOutcome<Made> = { readonly made: Made } | { readonly failure: string };

/**
 * Work that people ask for, done one after the other, each bounded in time; what is asked for again meanwhile is done once. So nobody keeps
 * the device busy by asking.
 */
export class AskedWork<Key> {
  readonly #longestMs: number;
  /** What is under way, and what waits behind it. */
  readonly #asked = new Map<Key, () => Promise<void>>();
  #stopping = new AbortController();
  #working: Promise<void> | null = null;

  /** @param longestMs after which the signal of a work is aborted */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /**
   * Has it done, unless that is asked for already.
   *
   * @param work ends early once its signal is aborted
   * @param ended told what came of it, also where the program stops before
   */
  ask<Made>(
    key: Key,
    work: (signal: AbortSignal) => Promise<Made>,
    ended: (outcome: AskedOutcome<Made>) => void,
  ): void {
    if (this.#asked.has(key)) return;
    this.#asked.set(key, async () => ended(await this.#bounded(work)));
    this.#working ??= this.#workOff();
  }

  /** Ends what is under way and lets go of what waits; afterwards it may be asked again. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the program stops'));
    await this.#working;
    this.#stopping = new AbortController();
  }

  async #workOff(): Promise<void> {
    for (const [key, work] of this.#asked) {
      await work();
      this.#asked.delete(key);
    }
    this.#working = null;
  }

  async #bounded<Made>(work: (signal: AbortSignal) => Promise<Made>): Promise<AskedOutcome<Made>> {
    const limit = AbortSignal.timeout(this.#longestMs);
    const signal = AbortSignal.any([limit, this.#stopping.signal]);
    try {
      signal.throwIfAborted();
      return { made: await work(signal) };
    } catch (error) {
      return { failure: limit.aborted ? `it took longer than ${this.#longestMs / 1000} s` : explain(error) };
    }
  }
}
