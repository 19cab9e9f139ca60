import type { Entry } from '../entry.js';
import { type MemorySettings, STRATEGIES } from '../memory.js';
import type { Strategy } from '../strategies/strategy.js';

const nobodyIsTold = () => undefined;

/**
 * A memory tier of other settings that holds no values: what it would find of the keys that are sampled. Its budget is the
 * sampled share of the whole one.
 */
export class Ghost {
  readonly settings: MemorySettings;
  /** Lookups that it would have answered, each by its weight. */
  hits = 0;
  #strategy: Strategy;
  #maxBytes: number;
  #sample = 1;

  constructor(settings: MemorySettings) {
    this.settings = settings;
    this.#maxBytes = settings.maxBytes;
    this.#strategy = this.#made();
  }

  get size(): number {
    return this.#strategy.size;
  }

  /**
   * A lookup; what it would not have found is there from now on where the real tier had it, as it would have been computed and stored.
   *
   * @param found a copy without its value, where the real tier had it
   * @param weight how many lookups it stands for
   */
  look(key: string, found: Entry | undefined, now: number, weight: number): void {
    const entry = this.#strategy.get(key);
    if (entry && now < entry.expiresAt) {
      this.hits += weight;
      return;
    }
    if (entry) this.#strategy.delete(key);
    if (found) this.#put(key, found);
  }

  /**
   * @param isFill the real tier had missed it: whoever has it still would not have been given it again
   */
  write(key: string, entry: Entry, isFill: boolean): void {
    if (isFill && this.#strategy.peek(key)) return;
    this.#put(key, entry);
  }

  remove(key: string): void {
    this.#strategy.delete(key);
  }

  clear(): void {
    this.#strategy.clear();
  }

  /** Fewer keys are sampled from now on. @param share of the keys that are sampled, 0..1 */
  thinOut(share: number, isSampled: (key: string) => boolean): void {
    const before = this.#strategy;
    this.#sample = share;
    this.#maxBytes = Math.max(1, Math.floor(this.settings.maxBytes * share));
    this.#strategy = this.#made();
    for (const [key, entry] of before.entries()) if (isSampled(key)) this.#put(key, entry);
  }

  #put(key: string, entry: Entry): void {
    if (entry.bytes <= this.#maxBytes) this.#strategy.set(key, entry);
    else this.#strategy.delete(key);
  }

  #made(): Strategy {
    return STRATEGIES[this.settings.strategy]({
      maxBytes: this.#maxBytes,
      sample: this.#sample,
      onEvict: nobodyIsTold,
    });
  }
}
