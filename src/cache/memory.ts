import type { Entry } from './entry.js';
import { type EvictionReason, TierCounters, type TierStats } from './stats.js';
import { FifoStrategy } from './strategies/fifo.js';
import { LfuStrategy } from './strategies/lfu.js';
import { LruStrategy } from './strategies/lru.js';
import type { Strategy, StrategyOptions } from './strategies/strategy.js';
import { TtlStrategy } from './strategies/ttl.js';

/** By name what makes one. */
export const STRATEGIES = {
  lru: (options: StrategyOptions): Strategy => new LruStrategy(options),
  lfu: (options: StrategyOptions): Strategy => new LfuStrategy(options),
  fifo: (options: StrategyOptions): Strategy => new FifoStrategy(options),
  ttl: (options: StrategyOptions): Strategy => new TtlStrategy(options),
};

/** Which entry goes first when room is needed. */
export type StrategyName = keyof typeof STRATEGIES;

/** How the memory tier is set up; may change while it is used. */
export interface MemorySettings {
  readonly strategy: StrategyName;
  /** Estimated bytes of all entries; never exceeded. */
  readonly maxBytes: number;
}

/** Watches what happens in the memory tier, whatever the tier itself makes of it. Called for each lookup: it must be quick. */
export interface MemoryProbe {
  /** @param entry what was found and served; undefined where nothing was, or it was over */
  looked(key: string, entry: Entry | undefined): void;
  wrote(key: string, entry: Entry): void;
  /** Deleted, expired or invalidated. */
  removed(key: string): void;
  cleared(): void;
}

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
  #strategy: Strategy;
  #settings: MemorySettings;
  /** null: nobody watches. */
  probe: MemoryProbe | null = null;
  readonly #onEvict: MemoryOptions['onEvict'];

  constructor(options: MemoryOptions) {
    const { strategy, maxBytes, onEvict } = options;
    this.#settings = { strategy, maxBytes };
    this.#onEvict = onEvict;
    this.#strategy = this.#made(this.#settings);
  }

  get settings(): MemorySettings {
    return this.#settings;
  }

  /** Another strategy or budget from now on; the entries go over, as far as there is room for them. */
  change(settings: MemorySettings): void {
    const { strategy, maxBytes } = settings;
    if (strategy === this.#settings.strategy && maxBytes === this.#settings.maxBytes) return;
    const next = this.#made(settings);
    const before = this.#strategy;
    this.#settings = { strategy, maxBytes };
    this.#strategy = next;
    for (const [key, entry] of before.entries()) this.#put(key, entry);
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
    this.probe?.wrote(key, entry);
    this.#put(key, entry);
  }

  #put(key: string, entry: Entry): void {
    if (entry.bytes <= this.#settings.maxBytes) {
      this.#strategy.set(key, entry);
    } else {
      this.#strategy.delete(key);
      this.#evicted(key, 'tooLarge');
    }
  }

  delete(key: string): boolean {
    this.probe?.removed(key);
    return this.#strategy.delete(key);
  }

  /** Lets an entry go that is no longer good. */
  discard(key: string, reason: 'expired' | 'invalidated'): void {
    this.probe?.removed(key);
    if (this.#strategy.delete(key)) this.#evicted(key, reason);
  }

  clear(): void {
    this.probe?.cleared();
    this.#strategy.clear();
  }

  /** Those first that are worth least, as long as they are asked for. */
  entries(): Iterable<readonly [string, Entry]> {
    return this.#strategy.entries();
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
    return this.counters.stats(this.#strategy.size, this.#strategy.bytes, this.#settings.maxBytes);
  }

  #made({ strategy, maxBytes }: MemorySettings): Strategy {
    return STRATEGIES[strategy]({ maxBytes, onEvict: (key) => this.#evicted(key, 'budget') });
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#onEvict(key, reason);
  }
}
