import type { Entry } from './entry.js';
import { type EvictionReason, TierCounters, type TierStats } from './stats.js';
import { FifoStrategy } from './strategies/fifo.js';
import { LfuStrategy } from './strategies/lfu.js';
import { LruStrategy } from './strategies/lru.js';
import type { Strategy, StrategyOptions } from './strategies/strategy.js';
import { TtlStrategy } from './strategies/ttl.js';

const STRATEGIES = {
  lru: (options: StrategyOptions): Strategy => new LruStrategy(options),
  lfu: (options: StrategyOptions): Strategy => new LfuStrategy(options),
  fifo: (options: StrategyOptions): Strategy => new FifoStrategy(options),
  ttl: (options: StrategyOptions): Strategy => new TtlStrategy(options),
};

/** Which entry goes first when room is needed. */
export type StrategyName = keyof typeof STRATEGIES;

export interface MemoryOptions {
  readonly strategy: StrategyName;
  /** Estimated bytes of all entries; never exceeded. */
  readonly maxBytes: number;
  readonly onEvict: (key: string, reason: EvictionReason) => void;
}

const TIME_EVERY = 64;

/** The memory tier: entries by reference, a byte budget and a strategy. */
export class MemoryTier {
  readonly counters = new TierCounters(TIME_EVERY);
  readonly #strategy: Strategy;
  readonly #options: MemoryOptions;

  constructor(options: MemoryOptions) {
    this.#options = options;
    const onEvict = (key: string) => this.#evicted(key, 'budget');
    this.#strategy = STRATEGIES[options.strategy]({ maxBytes: options.maxBytes, onEvict });
  }

  /** Counts as a use, not as a hit: the caller knows whether the entry is still good. */
  read(key: string): Entry | undefined {
    if (!this.counters.sample()) return this.#strategy.get(key);
    const begun = performance.now();
    const entry = this.#strategy.get(key);
    this.counters.timed(performance.now() - begun);
    return entry;
  }

  peek(key: string): Entry | undefined {
    return this.#strategy.peek(key);
  }

  write(key: string, entry: Entry): void {
    if (entry.bytes <= this.#options.maxBytes) {
      this.#strategy.set(key, entry);
    } else {
      this.#strategy.delete(key);
      this.#evicted(key, 'tooLarge');
    }
  }

  delete(key: string): boolean {
    return this.#strategy.delete(key);
  }

  /** Lets an entry go that is no longer good. */
  discard(key: string, reason: 'expired' | 'invalidated'): void {
    if (this.#strategy.delete(key)) this.#evicted(key, reason);
  }

  clear(): void {
    this.#strategy.clear();
  }

  /** Discards whatever `reasonFor` gives a reason for; gives how many. */
  cleanup(reasonFor: (entry: Entry) => 'expired' | 'invalidated' | null): number {
    const found: [string, 'expired' | 'invalidated'][] = [];
    for (const [key, entry] of this.#strategy.entries()) {
      const reason = reasonFor(entry);
      if (reason) found.push([key, reason]);
    }
    for (const [key, reason] of found) this.discard(key, reason);
    return found.length;
  }

  stats(): TierStats {
    return this.counters.stats(this.#strategy.size, this.#strategy.bytes, this.#options.maxBytes);
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#options.onEvict(key, reason);
  }
}
