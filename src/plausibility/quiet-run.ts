import { type PictureSample, TILES } from './picture-sample.js';

/** Share of the tiles that may change without the picture counting as changed: a clock or a logo drawn over it. */
const OVERLAY_SHARE = 0.06;
const MOST_CHANGED = Math.floor(TILES * OVERLAY_SHARE);

/** A run of pictures that ended, ms on the caller's clock. */
export interface EndedRun {
  readonly lengthMs: number;
  readonly pictures: number;
}

/**
 * A run of pictures that are all as its first one was, but for a small part: what changes in any of them is taken together,
 * so that a clock ticking in one corner does not end it and a car that drives through does.
 */
export class QuietRun {
  readonly #tolerance: number;
  readonly #changed = new Uint8Array(TILES);
  #first = new Uint8Array(0);
  #since = 0;
  #lastAt = 0;
  #pictures = 0;

  /** @param tolerance mean difference in levels up to which a tile counts as the same */
  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  /** Pictures in it. */
  get pictures(): number {
    return this.#pictures;
  }

  /** ms from its first picture to its last. */
  get lengthMs(): number {
    return this.#lastAt - this.#since;
  }

  /** When its first picture was. */
  get since(): number {
    return this.#since;
  }

  /** Takes the next picture. @returns the run that it ended, and is the first of another; null where it is one more */
  add(sample: PictureSample, now: number): EndedRun | null {
    if (this.#pictures === 0 || this.#first.length !== sample.bytes.length) return this.#begin(sample, now);
    sample.differing(this.#first, this.#tolerance, this.#changed);
    if (this.#changedTiles() > MOST_CHANGED) return this.#begin(sample, now);
    this.#pictures++;
    this.#lastAt = now;
    return null;
  }

  #begin({ bytes }: PictureSample, now: number): EndedRun | null {
    const ended = this.#pictures === 0 ? null : { lengthMs: now - this.#since, pictures: this.#pictures };
    if (this.#first.length !== bytes.length) this.#first = new Uint8Array(bytes.length);
    this.#first.set(bytes);
    this.#changed.fill(0);
    this.#since = this.#lastAt = now;
    this.#pictures = 1;
    return ended;
  }

  #changedTiles(): number {
    let count = 0;
    for (let tile = 0; tile < TILES; tile++) count += this.#changed[tile]!;
    return count;
  }
}
