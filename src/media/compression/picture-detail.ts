import type { Rgb } from '../picture-light.js';
import { LEAST_KEPT, type Rounding, stepsOf } from './coarseness.js';
import { BLOCK_CELLS, BLOCK_SIDE, transformBlock } from './cosine-transform.js';
import { similarity } from './likeness.js';

/** JPEG subtracts 128 of every pixel; the first cell has eight times the mean. */
const MIDDLE = 128 * BLOCK_SIDE;

/**
 * How much detail areas of a picture have: the cosine transforms of some of their blocks, from which it is computed what rounding them
 * more or less coarsely would leave of them and would take in bits, without encoding anything.
 */
export class PictureDetail {
  readonly blocks: number;
  readonly #cells: Float32Array;
  readonly #steps = new Float32Array(BLOCK_CELLS);

  /** @param luma of a picture of `width` px @param places first pixels of blocks that lie in it whole */
  constructor(luma: Uint8Array, width: number, places: readonly number[]) {
    this.blocks = places.length;
    this.#cells = new Float32Array(places.length * BLOCK_CELLS);
    for (const [index, place] of places.entries()) transformBlock(luma, place, width, this.#cells, index * BLOCK_CELLS);
  }

  /** Bits that a block takes, mean, as far as its detail goes: how many steps each number spans, in bits, and one for its sign. */
  bitsPerBlock(coarseness: number, rounding: Rounding): number {
    const steps = this.#steps;
    stepsOf(coarseness, rounding, steps);
    const least = LEAST_KEPT[rounding];
    let bits = 0;
    for (let at = 0; at < this.#cells.length; at += BLOCK_CELLS) {
      for (let cell = 1; cell < BLOCK_CELLS; cell++) {
        const levels = Math.abs(this.#cells[at + cell]!) / steps[cell]!;
        if (levels > least) bits += 1 + Math.log2(1 + levels);
      }
    }
    return this.blocks === 0 ? 0 : bits / this.blocks;
  }

  /** How alike the blocks stay to themselves: mean SSIM, each block being one window. */
  likeness(coarseness: number, rounding: Rounding): number {
    const steps = this.#steps;
    stepsOf(coarseness, rounding, steps);
    const least = LEAST_KEPT[rounding];
    let sum = 0;
    for (let at = 0; at < this.#cells.length; at += BLOCK_CELLS) sum += this.#blockLikeness(at, steps, least);
    return this.blocks === 0 ? 1 : sum / this.blocks;
  }

  /** By Parseval's theorem the moments of a block are sums over its transform. */
  #blockLikeness(at: number, steps: Float32Array, least: number): number {
    const cells = this.#cells;
    let [own, rounded, products] = [0, 0, 0];
    for (let cell = 1; cell < BLOCK_CELLS; cell++) {
      const [value, step] = [cells[at + cell]!, steps[cell]!];
      own += value * value;
      if (value < step * least && value > -step * least) continue;
      const kept = Math.round(value / step) * step;
      rounded += kept * kept;
      products += kept * value;
    }
    const mean = cells[at]!;
    const keptMean = Math.round((mean - MIDDLE) / steps[0]!) * steps[0]! + MIDDLE;
    return similarity(
      mean / BLOCK_SIDE,
      keptMean / BLOCK_SIDE,
      own / BLOCK_CELLS,
      rounded / BLOCK_CELLS,
      products / BLOCK_CELLS,
    );
  }
}

/** Places of at most about `most` of the blocks that an encoder divides a picture into, evenly over it. @param size px */
export function blockPlaces({ width, height }: Pick<Rgb, 'width' | 'height'>, most: number): number[] {
  const [columns, rows] = [Math.floor(width / BLOCK_SIDE), Math.floor(height / BLOCK_SIDE)];
  const places: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) places.push(row * BLOCK_SIDE * width + column * BLOCK_SIDE);
  return thinned(places, most);
}

/** Every so many of them that at most `most` are left. */
export function thinned(places: readonly number[], most: number): number[] {
  const step = places.length / most;
  if (step <= 1) return [...places];
  return Array.from({ length: most }, (_, index) => places[Math.floor(index * step)]!);
}
