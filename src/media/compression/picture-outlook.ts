import { lumaOf, type Rgb } from '../picture-light.js';
import { type Coder, logCoarsenessOf } from './coders.js';
import { BLOCK_CELLS } from './cosine-transform.js';
import { windowPlaces } from './likeness.js';
import { blockPlaces, PictureDetail, thinned } from './picture-detail.js';
import type { Region } from './wish.js';

/** Blocks looked at for each of bytes and likeness: some two milliseconds. */
const MOST_BLOCKS = 256;
const BITS_PER_BYTE = 8;
/** Where a picture stays as it is: the logarithm of what it differs by is not finite. */
const LEAST_DAMAGE = 1e-5;

/** Forecasts of what coders make of one picture, in natural logarithms of bytes and of damage (1 − likeness of the regions). */
export class PictureOutlook {
  readonly #all: PictureDetail;
  readonly #regions: PictureDetail;
  readonly #blocks: number;
  readonly #known = new Map<string, number>();

  /** @param prepared what is encoded, with its background as it is to be; its regions as in the original */
  constructor(prepared: Rgb, regions: readonly Region[]) {
    const luma = lumaOf(prepared);
    this.#all = new PictureDetail(luma, prepared.width, blockPlaces(prepared, MOST_BLOCKS));
    // the very windows by which the likeness is measured, wherever they lie on the blocks of the encoder
    const windows = thinned(windowPlaces(prepared, regions), MOST_BLOCKS);
    this.#regions = regions.length === 0 ? this.#all : new PictureDetail(luma, prepared.width, windows);
    this.#blocks = (prepared.width * prepared.height) / BLOCK_CELLS;
  }

  /** By the tables alone. @param quality 1..100 */
  logBytes(coder: Coder, quality: number): number {
    return this.#once(`bytes ${coder.name} ${quality}`, () => {
      const bits = this.#all.bitsPerBlock(Math.exp(logCoarsenessOf(coder, quality)), coder.rounding);
      const [offset, slope] = coder.bits;
      const perBlock = bits > 0 ? Math.exp(offset + slope * Math.log(bits)) : 0;
      return Math.log(coder.headerBytes + (this.#blocks * perBlock) / BITS_PER_BYTE);
    });
  }

  /** By the tables alone. */
  logDamage(coder: Coder, quality: number): number {
    return this.#once(`damage ${coder.name} ${quality}`, () => {
      const likeness = this.#regions.likeness(Math.exp(logCoarsenessOf(coder, quality)), coder.rounding);
      return logOfDamage(likeness);
    });
  }

  #once(key: string, compute: () => number): number {
    const known = this.#known.get(key) ?? compute();
    this.#known.set(key, known);
    return known;
  }
}

/** The natural logarithm of 1 − likeness. */
export function logOfDamage(likeness: number): number {
  return Math.log(Math.max(LEAST_DAMAGE, 1 - likeness));
}
