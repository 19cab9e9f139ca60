const ROWS = 4;
const MAX_COUNT = 15;
const SEEDS = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];

/**
 * A count-min sketch: about how often a key was asked for lately. Four rows of small counters; an estimate is the least
 * of a key's four. Every 10 increments per counter all are halved, so that yesterday's favourites fade.
 */
export class FrequencySketch {
  #width: number;
  // row r of a table of width w begins at r * w; a counter is a byte of 0..15
  #counters: Uint8Array;
  #increments = 0;

  /** @param width a power of two, about the number of entries */
  constructor(width = 1024) {
    this.#width = width;
    this.#counters = new Uint8Array(ROWS * width);
  }

  get width(): number {
    return this.#width;
  }

  /** Makes room for so many entries. Doubling copies each row twice, which keeps every estimate. */
  grow(entries: number): void {
    while (this.#width < entries) {
      const grown = new Uint8Array(this.#counters.length * 2);
      for (let row = 0; row < ROWS; row++) {
        const counters = this.#counters.subarray(row * this.#width, (row + 1) * this.#width);
        grown.set(counters, 2 * row * this.#width);
        grown.set(counters, (2 * row + 1) * this.#width);
      }
      this.#width *= 2;
      this.#counters = grown;
    }
  }

  increment(hash: number): void {
    for (let row = 0; row < ROWS; row++) {
      const at = this.#index(hash, row);
      const count = this.#counters[at]!;
      if (count < MAX_COUNT) this.#counters[at] = count + 1;
    }
    if (++this.#increments >= 10 * this.#width) this.#age();
  }

  /** 0..15 */
  estimate(hash: number): number {
    let least = MAX_COUNT;
    for (let row = 0; row < ROWS; row++) least = Math.min(least, this.#counters[this.#index(hash, row)]!);
    return least;
  }

  #index(hash: number, row: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 15), SEEDS[row]!);
    return row * this.#width + ((mixed ^ (mixed >>> 13)) & (this.#width - 1));
  }

  #age(): void {
    const counters = this.#counters;
    for (let i = 0; i < counters.length; i++) counters[i] = counters[i]! >> 1;
    this.#increments >>= 1;
  }
}

/** FNV-1a over a key's UTF-16 units; 32 bits. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash;
}
