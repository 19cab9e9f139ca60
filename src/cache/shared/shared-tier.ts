import type { Log } from '../../foundation/log.js';
import type { Entry } from '../entry.js';
import type { SecondTier, SecondTierStats } from '../second-tier.js';
import type { EvictionReason } from '../stats.js';
import type { TagTimes } from '../tags.js';

/** What became of a value that the holder of a lease computed: `lost` where the lease was no longer its own. */
export type Fulfilment = 'kept' | 'lost' | 'unreachable';

/** The right to compute a key, of one program at a time. It is renewed while it is held, and ends by itself with its program. */
export interface Lease {
  /** Keeps the value, unless the key was set, deleted, cleared or computed by another meanwhile; ends the lease. */
  fulfil(entry: Entry): Promise<Fulfilment>;
  /** Ends the lease without a value: who waits tries itself. */
  release(): Promise<void>;
}

/** What somebody finds who wants to have a key's value. */
export interface Claim {
  /** Fresh, or within its grace. */
  readonly entry: Entry | undefined;
  /** Where there is nothing fresh, nobody else computes it, and the tier takes writes. */
  readonly lease: Lease | null;
  /** ms for which another program has the lease at most, unless it is renewed; null where none has. */
  readonly heldForMs: number | null;
}

/** What a shared tier counts in this program. */
export interface SharedTierStats extends SecondTierStats {
  readonly news: {
    /** Changes that other programs told. */
    readonly received: number;
    /** Messages that were none, of other programs on the channel. */
    readonly refused: number;
    /** Times that news may have been missed, and memory was emptied. */
    readonly missed: number;
  };
}

/** A second tier that several programs share: they compute a key once between them, and hear what the others change. */
export interface SharedTier extends SecondTier {
  claim(key: string): Promise<Claim>;
  /** Whether a good entry is there; counts nowhere. */
  has(key: string): Promise<boolean>;
  /** Resolves when something becomes of the key, or of the tier, and after `ms` at the latest. */
  changed(key: string, ms: number): Promise<void>;
  stats(): SharedTierStats;
}

/** What a shared tier tells the cache in front of it. */
export interface SharedTierListener {
  /** Another program set, computed or deleted the key. */
  changed(key: string): void;
  invalidated(tags: readonly string[]): void;
  cleared(): void;
  /** What others changed was not heard: nothing that memory has is known to be good. */
  missed(): void;
  degraded(reason: string): void;
  recovered(): void;
}

/** What a tier gets from the cache that it stands behind. */
export interface SharedTierParts {
  readonly tags: TagTimes;
  readonly listener: SharedTierListener;
  readonly onEvict: (key: string, reason: EvictionReason) => void;
  readonly log: Log;
  /** Unix ms. */
  readonly now: () => number;
  /** 0 ≤ x < 1, for pauses. */
  readonly random: () => number;
}

/** Makes the tier of one cache. */
export type MakeSharedTier = (parts: SharedTierParts) => SharedTier;
