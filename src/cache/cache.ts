import type { Entry } from './entry.js';
import { CacheEvents, type TierName } from './events.js';
import { type MemoryProbe, type MemorySettings, MemoryTier } from './memory.js';
import { newEntry } from './new-entry.js';
import {
  type CacheOptions,
  changeMemoryTier,
  checkEntry,
  checkTags,
  type EntryOptions,
  NO_OPTIONS,
  resolveOptions,
} from './options.js';
import { failedRefreshes } from './recent-keys.js';
import { SharedInvalidation, type SharedInvalidationStats } from './shared-invalidation.js';
import { type Flight, SingleFlight } from './single-flight.js';
import { type DiskStats, SqliteTier } from './sqlite-tier.js';
import { entryStanding, reasonToRemove } from './standing.js';
import type { TierStats } from './stats.js';
import { TagTimes } from './tags.js';

export interface CacheStats {
  /** null where there is no such tier. */
  readonly memory: TierStats | null;
  readonly disk: DiskStats | null;
  /** Callers that waited for another caller's computation. */
  readonly joined: number;
  /** Values served after their ttl, within their grace. */
  readonly staleServed: number;
  readonly refreshesFailed: number;
  readonly shared: SharedInvalidationStats | null;
}

/** By tag how many entries carry it, of those that were looked at. */
export interface TagCounts {
  readonly entries: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** A fresh value, and where it was found. */
export interface Lookup<T> {
  readonly value: T;
  readonly tier: TierName;
}

/**
 * A cache of two tiers: memory, and SQLite behind it. Reading and writing are synchronous, because memory is and the
 * disk tier writes behind; only `getOrSet` waits, for the value it computes.
 *
 * Values are handed over: memory keeps them by reference, so neither who stores nor who reads one may change it.
 * `undefined` means that there is nothing and cannot be stored; `null` can.
 */
export class Cache {
  readonly events: CacheEvents;
  readonly #options: ReturnType<typeof resolveOptions>;
  readonly #now: () => number;
  readonly #tags: TagTimes;
  readonly #memory: MemoryTier | null;
  readonly #disk: SqliteTier | null;
  readonly #shared: SharedInvalidation | null;
  readonly #flights = new SingleFlight();
  readonly #failed = failedRefreshes();
  #sweeping: NodeJS.Timeout | null = null;
  #staleServed = 0;
  #refreshesFailed = 0;

  /** @throws RangeError for impossible options, all of them at once */
  constructor(options: CacheOptions = {}) {
    const resolved = resolveOptions(options);
    const { memory, disk, shared, now, log } = resolved;
    this.#options = resolved;
    this.#now = now;
    this.#tags = new TagTimes(now);
    const events = new CacheEvents(log);
    this.events = events;
    this.#memory = memory && new MemoryTier({ ...memory, onEvict: (k, why) => events.tell('evict', k, 'memory', why) });
    this.#disk =
      disk &&
      new SqliteTier({
        ...disk,
        now,
        log,
        tags: this.#tags,
        onEvict: (key, reason) => events.tell('evict', key, 'disk', reason),
        listener: {
          degraded: (reason) => events.tell('degraded', reason),
          recovered: () => events.tell('recovered'),
          setAside: (file) => events.tell('setAside', file),
        },
      });
    this.#shared =
      shared && new SharedInvalidation(shared.transport, shared.scope, (tags) => this.#invalidate(tags, 'remote'), log);
  }

  /** Opens the disk tier and begins to write behind. Without a disk tier it need not be called, except for sweeping. */
  start(): void {
    this.#disk?.start();
    this.#shared?.start();
    const { cleanupInterval } = this.#options;
    if (cleanupInterval > 0) this.#sweeping ??= setInterval(() => this.cleanupExpired(), cleanupInterval).unref();
  }

  /** Writes what waits and closes the disk tier. */
  stop(): void {
    if (this.#sweeping !== null) clearInterval(this.#sweeping);
    this.#sweeping = null;
    this.#shared?.stop();
    this.#disk?.stop();
  }

  /** The value while it is fresh; undefined otherwise. */
  get<T = unknown>(key: string): T | undefined {
    return this.#find(key, false)?.value as T | undefined;
  }

  /** As `get`, and from which tier the value came. */
  lookup<T = unknown>(key: string): Lookup<T> | undefined {
    const tier = this.#memory?.peek(key) === undefined ? 'disk' : 'memory';
    const entry = this.#find(key, false);
    return entry && { value: entry.value as T, tier };
  }

  /** Whether `get` would find something; counts nowhere and promotes nothing. */
  has(key: string): boolean {
    const entry = this.#memory?.peek(key) ?? this.#disk?.read(key);
    return entry !== undefined && entryStanding(entry, this.#tags, this.#now()) === 'fresh';
  }

  /** @throws RangeError for a key, tag or lifetime that cannot be, TypeError for a value that cannot be kept */
  set(key: string, value: unknown, options: EntryOptions = NO_OPTIONS): void {
    checkEntry(key, options);
    this.#flights.supersede(key);
    this.#store(key, value, this.#tags.stamp(), options);
  }

  /**
   * The value, computed where there is none: by one caller, while all others that ask for the key wait for it. Within
   * an entry's grace all get the old value at once, and one computation runs in the background; if it fails, the old
   * value goes on and a second later it is tried again.
   *
   * Rejects as the factory does, with E_TIMEOUT after the factory's timeout, and as `set` throws. A factory that gives
   * `undefined` stores nothing.
   */
  async getOrSet<T>(key: string, factory: () => T | Promise<T>, options: EntryOptions = NO_OPTIONS): Promise<T> {
    const entry = this.#find(key, true);
    if (entry === undefined) return this.#compute(key, factory, options);
    const now = this.#now();
    if (now >= entry.expiresAt) this.#serveStale(key, factory, options, now);
    return entry.value as T;
  }

  /** Whether there was something to delete. */
  delete(key: string): boolean {
    this.#flights.supersede(key);
    const inMemory = this.#memory?.delete(key) ?? false;
    const onDisk = this.#disk?.delete(key) ?? false;
    this.events.tell('delete', key);
    return inMemory || onDisk;
  }

  clear(): void {
    this.#flights.supersedeAll();
    this.#memory?.clear();
    this.#disk?.clear();
    this.events.tell('clear');
  }

  /**
   * Everything that carries one of the tags, in both tiers, is stale from now on; costs as much as there are tags. What
   * is being computed meanwhile is not stored. When it returns, the disk knows: not even a power cut undoes it.
   */
  invalidateByTags(tags: readonly string[], { share = true }: { readonly share?: boolean } = {}): void {
    checkTags(tags);
    if (tags.length === 0) return;
    this.#invalidate(tags, 'local');
    if (share) this.#shared?.publish(tags);
  }

  /**
   * Removes what is expired (its grace over) or invalidated from both tiers; gives how many entries that were. Of the disk
   * it looks at 10 000 rows at a time, the sweeps of the timer do the rest.
   */
  cleanupExpired(): number {
    const now = this.#now();
    const inMemory = this.#memory?.cleanup((entry) => reasonToRemove(entryStanding(entry, this.#tags, now))) ?? 0;
    return inMemory + (this.#disk?.cleanup() ?? 0);
  }

  /** Writes what waits for the disk now; the timer does it once a second. */
  flush(): void {
    this.#disk?.flush();
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

  /**
   * How many entries in memory carry each tag, stale ones too.
   *
   * @param most entries that are looked at
   */
  tagsInMemory(most: number): TagCounts {
    const counts = new Map<string, number>();
    let entries = 0;
    for (const [, entry] of this.#memory?.entries() ?? []) {
      if (entries >= most) break;
      entries += 1;
      for (const tag of entry.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    return { entries, counts };
  }

  /** Has somebody watch the memory tier, in the place of whoever did; null: nobody. */
  watchMemory(probe: MemoryProbe | null): void {
    if (this.#memory !== null) this.#memory.probe = probe;
  }

  getStats(): CacheStats {
    return {
      memory: this.#memory?.stats() ?? null,
      disk: this.#disk?.stats() ?? null,
      joined: this.#flights.joined,
      staleServed: this.#staleServed,
      refreshesFailed: this.#refreshesFailed,
      shared: this.#shared?.stats() ?? null,
    };
  }

  /** The entry that may be served, from memory or else from disk; counts, promotes, and discards what is over. */
  #find(key: string, withGrace: boolean): Entry | undefined {
    const now = this.#now();
    const inMemory = this.#memory?.read(key);
    const entry = inMemory ?? this.#disk?.read(key);
    const standing = entry && entryStanding(entry, this.#tags, now);
    const serves = standing === 'fresh' || (withGrace && standing === 'grace');
    this.#count(inMemory !== undefined, serves);
    if (entry && serves) {
      this.#memory?.probe?.looked(key, inMemory);
      if (!inMemory) this.#memory?.write(key, entry);
      this.events.tell('hit', key, inMemory ? 'memory' : 'disk');
      return entry;
    }
    const over = reasonToRemove(standing);
    if (over !== null) this.#discard(key, over);
    this.#memory?.probe?.looked(key, undefined);
    this.events.tell('miss', key);
    return undefined;
  }

  /** A lookup that memory decided does not count on disk. */
  #count(inMemory: boolean, serves: boolean): void {
    const memory = this.#memory?.counters;
    if (memory) {
      if (inMemory && serves) memory.hits++;
      else memory.misses++;
    }
    const disk = this.#disk?.counters;
    if (!disk || inMemory) return;
    if (serves) disk.hits++;
    else disk.misses++;
  }

  #discard(key: string, reason: 'expired' | 'invalidated'): void {
    this.#memory?.discard(key, reason);
    this.#disk?.discard(key, reason);
  }

  #store(key: string, value: unknown, stamp: number, options: EntryOptions): void {
    const entry = newEntry(key, value, stamp, options, this.#options);
    // kept from before, the old value would outlive what is known now
    if (entry === null) {
      this.delete(key);
      return;
    }
    this.#failed.delete(key);
    this.#memory?.write(key, entry);
    this.#disk?.write(key, entry);
    this.events.tell('set', key);
  }

  #compute<T>(key: string, factory: () => T | Promise<T>, options: EntryOptions): Promise<T> {
    return this.#flights.run(key, this.#options.factoryTimeout, async (flight: Flight) => {
      checkEntry(key, options);
      const stamp = this.#tags.stamp();
      const value = await factory();
      if (flight.current && value !== undefined) this.#store(key, value, stamp, options);
      return value;
    });
  }

  #serveStale<T>(key: string, factory: () => T | Promise<T>, options: EntryOptions, now: number): void {
    this.#staleServed++;
    this.events.tell('stale', key);
    if (this.#failed.has(key, now) || this.#flights.has(key)) return;
    this.#compute(key, factory, options).catch((error: unknown) => {
      this.#failed.add(key, this.#now());
      this.#refreshesFailed++;
      this.events.tell('refreshFailed', key, error);
    });
  }

  #invalidate(tags: readonly string[], from: 'local' | 'remote'): void {
    const times = this.#tags.invalidate(tags);
    this.#flights.supersedeAll();
    this.#disk?.invalidate(times, from === 'local');
    this.events.tell('invalidate', tags, from);
  }
}
