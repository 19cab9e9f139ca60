import type { LinkHealth } from '../store/link.js';
import type { Entry } from './entry.js';
import type { LookupStats, TierCounters } from './stats.js';
import type { TagTime } from './tags.js';

/** What is there at once, or what has to be asked for. */
export type Awaitable<T> = T | Promise<T>;

/** How a tier is that may be out of order. */
export type TierHealth = Pick<LinkHealth, 'state' | 'reason' | 'errors' | 'droppedWrites'>;

/** What a tier behind memory counts, and how it is. */
export type SecondTierStats = LookupStats & TierHealth;

/**
 * What a cache needs of the tier behind its memory: SQLite on this machine, which answers at once, or a server that
 * several programs share. Nothing here throws or rejects: what the tier cannot do is counted and told, memory goes on.
 */
export interface SecondTier {
  readonly counters: TierCounters;
  /** Opens it. What cannot be opened now is tried again. */
  start(): Awaitable<void>;
  /** Writes what waits and closes it. */
  stop(): Awaitable<void>;
  /** The entry, with the lifetime that it has left; whether it is still good, the cache decides by tags and times. */
  read(key: string): Awaitable<Entry | undefined>;
  write(key: string, entry: Entry): Awaitable<void>;
  /** Whether there was something to delete, as far as is known. */
  delete(key: string): Awaitable<boolean>;
  clear(): Awaitable<void>;
  /**
   * What carries one of the tags is stale from now on, also for whoever opens the tier later; costs as much as there are
   * tags.
   *
   * @param durable it is kept when this is done, where otherwise it may wait for the next transaction
   */
  invalidate(times: readonly TagTime[], durable: boolean): Awaitable<void>;
  flush(): Awaitable<void>;
  /** Removes what is over; gives how many entries that were. */
  cleanup(): Awaitable<number>;
  stats(): SecondTierStats;
}
