import type { Entry } from '../entry.js';
import type { MemoryProbe, MemorySettings } from '../memory.js';
import { hashOf } from '../strategies/frequency-sketch.js';
import { Ghost } from './ghost.js';

/** What was counted so far of one simulated memory tier. */
export interface GhostReading {
  readonly settings: MemorySettings;
  /** Lookups that it would have answered; each one that was sampled stands for as many as one over the share of that time. */
  readonly hits: number;
}

/** What was counted so far; ratios are made of two of them. */
export interface GhostCounts {
  /** Lookups of all keys. */
  readonly lookups: number;
  /** Of the keys that are sampled. */
  readonly sampled: number;
  /** As many lookups as these stand for: as there were, but for popular keys that are in the sample, or not, by chance. */
  readonly stoodFor: number;
  /** Bytes of all that was written, keys sampled or not. */
  readonly writtenBytes: number;
  /** Share of the keys that is sampled now, 0..1. */
  readonly share: number;
  readonly ghosts: readonly GhostReading[];
}

export interface GhostCachesOptions {
  /** What is simulated, each with the whole budget. */
  readonly settings: readonly MemorySettings[];
  /** Unix ms. */
  readonly now?: () => number;
  /** Of all simulated tiers together; default 16,384, some 3 MiB. */
  readonly maxEntries?: number;
  /** Sampled lookups in ten seconds; default 20,000: a hundredth of a core. */
  readonly maxLookups?: number;
}

const PACE_MS = 10_000;
/** Hashes are compared with a share of that. */
const HASHES = 2 ** 32;
const MIN_SHARE = 2 ** -16;
/** Keys that the real tier missed, and that may be written yet. */
const MAX_MISSED = 1024;

/**
 * What memory tiers of other strategies and sizes would find of the same lookups, simulated beside the real one on a sample of the keys:
 * miniature simulations (Waldspurger, Saemundsson, Ahmad, Park: "Cache Modeling and Optimization using Miniature Simulations", USENIX
 * ATC 2017). A key is in the sample by its hash, so that all lookups of it are; each simulated budget is the sampled share of the
 * real one. The sample is thinned out, by half, whenever there are too many entries or lookups in it: as in SHARDS with a bound
 * (Waldspurger, Park, Garthwaite, Ahmad: "Efficient MRC Construction with SHARDS", USENIX FAST 2015), from which the correction for
 * popular keys is too (`hitRatioBetween`). Small caches are simulated in full.
 */
export class GhostCaches implements MemoryProbe {
  readonly #ghosts: readonly Ghost[];
  readonly #now: () => number;
  readonly #maxEntries: number;
  readonly #maxLookups: number;
  /** Of keys that the real tier missed, in the order in which it did. */
  readonly #missed = new Set<string>();
  #share = 1;
  #lookups = 0;
  #sampled = 0;
  #stoodFor = 0;
  #writtenBytes = 0;
  #paceBegan: number;
  #paceSampled = 0;

  constructor({ settings, now = Date.now, maxEntries = 16_384, maxLookups = 20_000 }: GhostCachesOptions) {
    this.#ghosts = settings.map((one) => new Ghost(one));
    this.#now = now;
    this.#maxEntries = maxEntries;
    this.#maxLookups = maxLookups;
    this.#paceBegan = now();
  }

  counts(): GhostCounts {
    return {
      lookups: this.#lookups,
      sampled: this.#sampled,
      stoodFor: this.#stoodFor,
      writtenBytes: this.#writtenBytes,
      share: this.#share,
      ghosts: this.#ghosts.map(({ settings, hits }) => ({ settings, hits })),
    };
  }

  looked(key: string, entry: Entry | undefined): void {
    this.#lookups++;
    if (!this.#isSampled(key)) return;
    this.#sampled++;
    this.#stoodFor += 1 / this.#share;
    const now = this.#now();
    const found = entry && withoutValue(entry);
    for (const ghost of this.#ghosts) ghost.look(key, found, now, 1 / this.#share);
    if (entry === undefined) this.#miss(key);
    else this.#bound(now);
  }

  wrote(key: string, entry: Entry): void {
    this.#writtenBytes += entry.bytes;
    if (!this.#isSampled(key)) return;
    const isFill = this.#missed.delete(key);
    const copy = withoutValue(entry);
    for (const ghost of this.#ghosts) ghost.write(key, copy, isFill);
    this.#bound(this.#now());
  }

  removed(key: string): void {
    if (!this.#isSampled(key)) return;
    for (const ghost of this.#ghosts) ghost.remove(key);
  }

  cleared(): void {
    for (const ghost of this.#ghosts) ghost.clear();
  }

  #miss(key: string): void {
    this.#missed.delete(key);
    this.#missed.add(key);
    if (this.#missed.size > MAX_MISSED) this.#missed.delete(this.#missed.values().next().value!);
  }

  #isSampled(key: string): boolean {
    return this.#share === 1 || spread(hashOf(key)) < this.#share * HASHES;
  }

  /** Thins the sample out where it costs too much memory or time. */
  #bound(now: number): void {
    this.#paceSampled++;
    const isTooFast = this.#paceSampled > this.#maxLookups;
    const passed = now - this.#paceBegan;
    if (passed >= PACE_MS || passed < 0 || isTooFast) {
      this.#paceBegan = now;
      this.#paceSampled = 0;
    }
    if (!isTooFast && this.#entries() <= this.#maxEntries) return;
    if (this.#share <= MIN_SHARE) return;
    this.#share /= 2;
    for (const ghost of this.#ghosts) ghost.thinOut(this.#share, (key) => this.#isSampled(key));
  }

  #entries(): number {
    let entries = 0;
    for (const ghost of this.#ghosts) entries += ghost.size;
    return entries;
  }
}

/**
 * The share of the lookups between two countings that a simulated tier would have answered, 0..1; null where too few were sampled to say.
 * Where the sample stands for more lookups than there were, popular keys are in it by chance: the surplus is hits of nearly any
 * cache, and is taken off, or added where they are missing.
 *
 * @param ghost its index among the settings
 */
export function hitRatioBetween(from: GhostCounts, to: GhostCounts, ghost: number): number | null {
  if (to.sampled - from.sampled < LEAST_SAMPLED) return null;
  const lookups = to.lookups - from.lookups;
  const surplus = to.stoodFor - from.stoodFor - lookups;
  const hits = to.ghosts[ghost]!.hits - from.ghosts[ghost]!.hits;
  return Math.min(1, Math.max(0, (hits - surplus) / lookups));
}

/** Of fewer lookups no ratio is made. */
const LEAST_SAMPLED = 30;

/** Every bit of a hash in every bit of the result (murmur3's last steps), 0..2^32: FNV alone is uneven where keys are alike. */
function spread(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function withoutValue({ bytes, stamp, createdAt, expiresAt, graceUntil }: Entry): Entry {
  return { value: null, bytes, stamp, createdAt, expiresAt, graceUntil, tags: NO_TAGS };
}

const NO_TAGS: readonly string[] = [];
