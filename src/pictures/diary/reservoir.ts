import { lookDistance } from '../diverse-choice.js';

/** One kept picture, as far as it decides what is kept. */
export interface ReservoirEntry {
  /** Unique. */
  readonly name: string;
  /** Pictures of one stratum compete with each other; strata should hold alike many. */
  readonly stratum: string;
  /** Descriptor; of entries with another length nothing is known, and they go first. */
  readonly look: Uint8Array;
  /** On disk. */
  readonly bytes: number;
}

export interface ReservoirOptions {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** A picture less than this apart from one of its stratum is not kept; mean difference per byte of the looks, 0..255. */
  readonly minNovelty: number;
}

/**
 * Decides which pictures are kept out of an endless stream, so that few of them show much: every stratum gets its share,
 * and within one those stay that are least alike. Full, it gives up a picture of the fullest stratum for one of a stratum
 * with two less or fewer; otherwise a picture must be newer to its own stratum than the most redundant one there.
 */
export class Reservoir {
  readonly #options: ReservoirOptions;
  readonly #strata = new Map<string, ReservoirEntry[]>();
  #count = 0;
  #bytes = 0;

  constructor(options: ReservoirOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many each stratum holds. */
  get strata(): ReadonlyMap<string, number> {
    return new Map([...this.#strata].map(([stratum, entries]) => [stratum, entries.length]));
  }

  /** Whether a picture like this would be kept: for the price of a look, before it is encoded. */
  wants({ stratum, look }: Pick<ReservoirEntry, 'stratum' | 'look'>): boolean {
    const bytes = this.#count === 0 ? 0 : this.#bytes / this.#count;
    return this.#makeRoom({ name: '', stratum, look, bytes }) !== null;
  }

  /** Keeps a picture where it is worth it. @returns what has to go for it; null: it is not kept */
  place(entry: ReservoirEntry): ReservoirEntry[] | null {
    const gone = this.#makeRoom(entry);
    if (gone === null) return null;
    for (const one of gone) this.remove(one);
    this.add(entry);
    return gone;
  }

  /** Keeps a picture without asking: one that was kept before a restart. */
  add(entry: ReservoirEntry): void {
    const entries = this.#strata.get(entry.stratum);
    if (entries) entries.push(entry);
    else this.#strata.set(entry.stratum, [entry]);
    this.#count++;
    this.#bytes += entry.bytes;
  }

  remove(entry: ReservoirEntry): void {
    const entries = this.#strata.get(entry.stratum) ?? [];
    const at = entries.indexOf(entry);
    if (at < 0) return;
    entries.splice(at, 1);
    if (entries.length === 0) this.#strata.delete(entry.stratum);
    this.#count--;
    this.#bytes -= entry.bytes;
  }

  /** After bounds became smaller: what has to go. */
  excess(): ReservoirEntry[] {
    const gone = new Set<ReservoirEntry>();
    let bytes = this.#bytes;
    while (this.#count - gone.size > this.#options.maxCount || bytes > this.#options.maxBytes) {
      const { entry } = mostRedundant(this.#fullest(gone)!);
      gone.add(entry);
      bytes -= entry.bytes;
    }
    return [...gone];
  }

  #makeRoom({ stratum, look, bytes }: ReservoirEntry): ReservoirEntry[] | null {
    const { maxCount, maxBytes, minNovelty } = this.#options;
    const own = this.#strata.get(stratum) ?? [];
    const novelty = nearest(look, own);
    if (bytes > maxBytes || novelty < minNovelty) return null;
    const gone = new Set<ReservoirEntry>();
    let left = this.#bytes + bytes;
    while (this.#count - gone.size + 1 > maxCount || left > maxBytes) {
      const fullest = this.#fullest(gone);
      if (fullest === null) return null;
      const ownLeft = own.filter((entry) => !gone.has(entry));
      const isOtherFuller = fullest.length >= ownLeft.length + 2;
      if (!isOtherFuller && ownLeft.length === 0) return null;
      const { entry, distance } = mostRedundant(isOtherFuller ? fullest : ownLeft);
      if (!isOtherFuller && distance >= novelty) return null;
      gone.add(entry);
      left -= entry.bytes;
    }
    return [...gone];
  }

  /** Of equals the one begun first. */
  #fullest(gone: ReadonlySet<ReservoirEntry>): readonly ReservoirEntry[] | null {
    let best: readonly ReservoirEntry[] | null = null;
    for (const entries of this.#strata.values()) {
      const left = gone.size === 0 ? entries : entries.filter((entry) => !gone.has(entry));
      if (left.length > (best?.length ?? 0)) best = left;
    }
    return best;
  }
}

/** Distance to the one most alike; infinite where there is none. */
function nearest(look: Uint8Array, others: readonly ReservoirEntry[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const other of others)
    if (other.look.length === look.length) least = Math.min(least, lookDistance(look, other.look));
  return least;
}

/** The entry that has another most like it; of such a pair the older. An entry that cannot be compared comes first. */
function mostRedundant(entries: readonly ReservoirEntry[]): { entry: ReservoirEntry; distance: number } {
  const length = entries.at(-1)!.look.length;
  let entry = entries[0]!;
  let distance = Number.POSITIVE_INFINITY;
  for (const one of entries) {
    const others = entries.filter((other) => other !== one);
    const least = one.look.length === length ? nearest(one.look, others) : -1;
    if (least < distance) [entry, distance] = [one, least];
  }
  return { entry, distance };
}
