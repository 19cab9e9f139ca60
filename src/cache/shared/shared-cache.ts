import type { Lookup } from '../cache.js';
import type { Entry } from '../entry.js';
import { CacheEvents } from '../events.js';
import { type MemorySettings, MemoryTier } from '../memory.js';
import type { CacheReading } from '../metrics.js';
import { newEntry } from '../new-entry.js';
import {
  type CacheOptions,
  changeMemoryTier,
  checkEntry,
  checkTags,
  type EntryOptions,
  NO_OPTIONS,
  resolveOptions,
} from '../options.js';
import { SingleFlight } from '../single-flight.js';
import { entryStanding, reasonToRemove } from '../standing.js';
import type { TierStats } from '../stats.js';
import { TagTimes } from '../tags.js';
import { ChangeMarks } from './change-marks.js';
import { type ComputationCounts, SharedComputations } from './shared-computations.js';
import type { MakeSharedTier, SharedTier, SharedTierStats } from './shared-tier.js';

/** How a cache that programs share is made; times in ms. */
export interface SharedCacheOptions extends Omit<CacheOptions, 'disk' | 'shared'> {
  /** `redisTier({ url, prefix })`. */
  readonly tier: MakeSharedTier;
}

/** What a shared cache counts in this program. */
export interface SharedCacheStats extends ComputationCounts {
  /** null where there is no memory tier. */
  readonly memory: TierStats | null;
  readonly shared: SharedTierStats;
}

/**
 * A cache that several programs share: memory in each, and one tier behind all of them. A key is computed by one program at a
 * time, and what one sets, deletes or invalidates, the others hear of. While the tier is out of order each goes on with its memory.
 *
 * Used as `Cache`, but everything that asks the tier answers with a promise. Nothing rejects because of the tier.
 */
export class SharedCache {
  readonly events: CacheEvents;
  readonly #options: ReturnType<typeof resolveOptions>;
  readonly #now: () => number;
  readonly #tags: TagTimes;
  readonly #memory: MemoryTier | null;
  readonly #tier: SharedTier;
  readonly #reads = new SingleFlight();
  readonly #computations: SharedComputations;
  readonly #marks = new ChangeMarks();
  #sweeping: NodeJS.Timeout | null = null;

  /** @throws RangeError for impossible options, all of them at once */
  constructor({ tier, ...options }: SharedCacheOptions) {
    if (typeof tier !== 'function') {
      throw new RangeError(
        `the cache cannot be made:\n  tier: expected redisTier({ url, prefix }), got ${typeof tier}`,
      );
    }
    const resolved = resolveOptions(options);
    const { memory, now, log, random } = resolved;
    this.#options = resolved;
    this.#now = now;
    this.#tags = new TagTimes(now);
    const events = new CacheEvents(log);
    this.events = events;
    this.#memory = memory && new MemoryTier({ ...memory, onEvict: (k, why) => events.tell('evict', k, 'memory', why) });
    this.#tier = tier({
      tags: this.#tags,
      onEvict: (key, reason) => events.tell('evict', key, 'shared', reason),
      listener: {
        changed: (key) => this.#forget(key),
        invalidated: (tags) => this.#invalidate(tags, 'remote'),
        cleared: () => this.#forgetAll(),
        missed: () => this.#forgetAll(),
        degraded: (reason) => events.tell('degraded', reason),
        recovered: () => events.tell('recovered'),
      },
      log,
      now,
      random,
    });
    this.#computations = new SharedComputations({
      tier: this.#tier,
      memory: this.#memory,
      tags: this.#tags,
      marks: this.#marks,
      events,
      options: resolved,
      counted: (key, isHit) => this.#counted(key, isHit),
      remove: (key) => this.delete(key),
    });
  }

  /**
   * Connects; a server that is away is tried again in the background. What is asked before waits for it as long as for any operation.
   *
   * @throws EdgeError where the tier's package is not installed, with the command that installs it
   */
  async start(): Promise<void> {
    const { cleanupInterval } = this.#options;
    await this.#tier.start();
    if (cleanupInterval > 0) this.#sweeping ??= setInterval(() => this.cleanupExpired(), cleanupInterval).unref();
  }

  /** Gives leases back and disconnects; memory may still be used. */
  async stop(): Promise<void> {
    if (this.#sweeping !== null) clearInterval(this.#sweeping);
    this.#sweeping = null;
    await this.#tier.stop();
  }

  /** The value while it is fresh; undefined otherwise. */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    return (await this.lookup<T>(key))?.value;
  }

  /** As `get`, and from which tier the value came. */
  async lookup<T = unknown>(key: string): Promise<Lookup<T> | undefined> {
    const inMemory = this.#remembered(key, false);
    if (inMemory) return { value: inMemory.value as T, tier: 'memory' };
    const entry = await this.#reads.run(key, Number.POSITIVE_INFINITY, () =>
      this.#marks.during(key, async (mark) => {
        const found = await this.#tier.read(key);
        const isFresh = found !== undefined && this.#standing(found) === 'fresh';
        this.#counted(key, isFresh);
        if (isFresh && mark.current) this.#memory?.write(key, found);
        return isFresh ? found : undefined;
      }),
    );
    return entry && { value: entry.value as T, tier: 'shared' };
  }

  /** Whether `get` would find something; counts nowhere and promotes nothing. */
  async has(key: string): Promise<boolean> {
    const entry = this.#memory?.peek(key);
    return (entry !== undefined && this.#standing(entry) === 'fresh') || this.#tier.has(key);
  }

  /** @throws RangeError for a key, tag or lifetime that cannot be, TypeError for a value that cannot be kept */
  async set(key: string, value: unknown, options: EntryOptions = NO_OPTIONS): Promise<void> {
    checkEntry(key, options);
    const entry = newEntry(key, value, this.#tags.stamp(), options, this.#options);
    if (entry === null) {
      await this.delete(key);
      return;
    }
    this.#supersede(key);
    this.#memory?.write(key, entry);
    await this.#tier.write(key, entry);
    this.events.tell('set', key);
  }

  /**
   * The value, computed where there is none: by one caller of one program, while all others that ask for the key wait for it. Within
   * an entry's grace all get the old value at once, and one computation runs in the background; if it fails, the old
   * value goes on and a second later it is tried again.
   *
   * Rejects as the factory does, with E_TIMEOUT after the factory's timeout, and as `set` throws. A factory that gives
   * `undefined` stores nothing.
   */
  async getOrSet<T>(key: string, factory: () => T | Promise<T>, options: EntryOptions = NO_OPTIONS): Promise<T> {
    const wanted = { key, factory, options };
    const entry = this.#remembered(key, true);
    if (entry === undefined) return this.#computations.run(wanted);
    if (this.#now() >= entry.expiresAt) this.#computations.servedStale(wanted);
    return entry.value as T;
  }

  /** Whether there was something to delete. */
  async delete(key: string): Promise<boolean> {
    this.#supersede(key);
    const inMemory = this.#memory?.delete(key) ?? false;
    const shared = await this.#tier.delete(key);
    this.events.tell('delete', key);
    return inMemory || shared;
  }

  /** Empties the cache for every program that shares it. */
  async clear(): Promise<void> {
    this.#forgetAll();
    await this.#tier.clear();
    this.events.tell('clear');
  }

  /**
   * Everything that carries one of the tags is stale from now on, for every program; costs as much as there are tags. What is being
   * computed meanwhile is not kept. Where the tier is out of order, the others learn of it when it works again.
   */
  async invalidateByTags(tags: readonly string[]): Promise<void> {
    checkTags(tags);
    if (tags.length > 0) await this.#tier.invalidate(this.#invalidate(tags, 'local'), true);
  }

  /** Removes what is expired (its grace over) or invalidated from memory; gives how many entries that were. The tier does so by itself. */
  cleanupExpired(): number {
    return this.#memory?.cleanup((entry) => reasonToRemove(this.#standing(entry))) ?? 0;
  }

  /** How the memory tier is set up now; null where there is none. */
  get memorySettings(): MemorySettings | null {
    return this.#memory?.settings ?? null;
  }

  /**
   * Another strategy or budget for the memory tier from now on; what is in it stays, as far as there is room.
   *
   * @throws RangeError where there is no memory tier, or no such strategy or budget
   */
  changeMemory(changes: Partial<MemorySettings>): void {
    changeMemoryTier(this.#memory, changes);
  }

  getStats(): SharedCacheStats {
    return {
      memory: this.#memory?.stats() ?? null,
      shared: this.#tier.stats(),
      ...this.#computations.counts(),
    };
  }

  /** What the metrics tell of it: `cacheMetrics(() => cache.reading())`. */
  reading(): CacheReading {
    const { memory, shared } = this.getStats();
    return { memory, disk: null, shared: null, sharedTier: shared, degraded: shared.state === 'degraded' };
  }

  /** The entry of memory that may be served; counts, and discards what is over. */
  #remembered(key: string, withGrace: boolean): Entry | undefined {
    if (this.#memory === null) return undefined;
    const entry = this.#memory.read(key);
    const standing = entry && this.#standing(entry);
    const serves = standing === 'fresh' || (withGrace && standing === 'grace');
    if (serves) {
      this.#memory.counters.hits++;
      this.events.tell('hit', key, 'memory');
      return entry;
    }
    this.#memory.counters.misses++;
    const over = reasonToRemove(standing);
    if (over !== null) this.#memory.discard(key, over);
    return undefined;
  }

  /** What the tier answered to a lookup. */
  #counted(key: string, isHit: boolean): void {
    if (isHit) {
      this.#tier.counters.hits++;
      this.events.tell('hit', key, 'shared');
    } else {
      this.#tier.counters.misses++;
      this.events.tell('miss', key);
    }
  }

  #standing(entry: Entry) {
    return entryStanding(entry, this.#tags, this.#now());
  }

  /** What is under way for the key is out of date: later callers start afresh. */
  #supersede(key: string): void {
    this.#marks.changed(key);
    this.#reads.supersede(key);
    this.#computations.supersede(key);
  }

  #supersedeAll(): void {
    this.#marks.allChanged();
    this.#reads.supersedeAll();
    this.#computations.supersedeAll();
  }

  /** Another program changed it. */
  #forget(key: string): void {
    this.#supersede(key);
    this.#memory?.delete(key);
  }

  #forgetAll(): void {
    this.#supersedeAll();
    this.#memory?.clear();
  }

  #invalidate(tags: readonly string[], from: 'local' | 'remote') {
    const times = this.#tags.invalidate(tags);
    this.#supersedeAll();
    this.events.tell('invalidate', tags, from);
    return times;
  }
}
