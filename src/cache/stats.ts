/** Why a tier let an entry go, beside `delete` and `clear`. */
export type EvictionReason = 'budget' | 'expired' | 'invalidated' | 'tooLarge' | 'corrupt';

/** What became of the lookups in a tier. */
export interface LookupStats {
  readonly hits: number;
  readonly misses: number;
  /** 0..1; null before the first lookup. */
  readonly hitRatio: number | null;
  readonly evictions: Readonly<Record<EvictionReason, number>>;
  /** Mean of a sample of the lookups, ms; null before the first. */
  readonly meanLatencyMs: number | null;
}

/** Of a tier that is this program's alone. */
export interface TierStats extends LookupStats {
  readonly entries: number;
  readonly bytes: number;
  readonly maxBytes: number;
}

/** What one tier counts. Hot paths only increment numbers; ratios are made when somebody asks. */
export class TierCounters {
  hits = 0;
  misses = 0;
  readonly evictions: Record<EvictionReason, number> = {
    budget: 0,
    expired: 0,
    invalidated: 0,
    tooLarge: 0,
    corrupt: 0,
  };
  #lookups = 0;
  #sampled = 0;
  #sampledMs = 0;
  readonly #sampleMask: number;

  /** @param sampleEvery a power of two: one lookup in so many is timed */
  constructor(sampleEvery: number) {
    this.#sampleMask = sampleEvery - 1;
  }

  /** Whether the lookup that begins now is one of those that are timed. */
  sample(): boolean {
    return (this.#lookups++ & this.#sampleMask) === 0;
  }

  timed(ms: number): void {
    this.#sampled++;
    this.#sampledMs += ms;
  }

  stats(entries: number, bytes: number, maxBytes: number): TierStats {
    return { ...this.lookups(), entries, bytes, maxBytes };
  }

  lookups(): LookupStats {
    const { hits, misses } = this;
    return {
      hits,
      misses,
      hitRatio: hits + misses > 0 ? hits / (hits + misses) : null,
      evictions: { ...this.evictions },
      meanLatencyMs: this.#sampled > 0 ? this.#sampledMs / this.#sampled : null,
    };
  }
}
