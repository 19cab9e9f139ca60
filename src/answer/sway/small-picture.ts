import type { BlockSums } from '../../kernels/block-grid.js';
import { createBlockSums } from '../../kernels/block-sums.js';
import type { LumaPicture } from '../tracking/luma-picture.js';

/** Pixels that are one in the small picture, along a side. */
export const SMALLER = 4;

/** Pictures of one size as a quarter of their width and height: what is fine and noisy is gone, and what moved far moved little. */
export class SmallPicture {
  readonly width: number;
  readonly height: number;
  readonly #data: Uint8Array;
  readonly #sums: Int32Array;
  readonly #sum: BlockSums;
  readonly #whole: Pick<LumaPicture, 'width' | 'height'>;
  /** One value per pixel, where the picture has more. */
  #luma: Uint8Array | null = null;

  /** @param whole size of the pictures, pixels */
  constructor(whole: Pick<LumaPicture, 'width' | 'height'>) {
    this.#whole = whole;
    this.width = Math.floor(whole.width / SMALLER);
    this.height = Math.floor(whole.height / SMALLER);
    const ends = (count: number) => Int32Array.from({ length: count }, (_, i) => (i + 1) * SMALLER);
    const { width, height } = whole;
    this.#sum = createBlockSums({ width, height, columnEnds: ends(this.width), rowEnds: ends(this.height) });
    this.#sums = new Int32Array(this.width * this.height);
    this.#data = new Uint8Array(this.width * this.height);
  }

  /** The picture, small; it is the next call's too. */
  of({ data, first, step, scale }: LumaPicture): LumaPicture {
    const pixels = this.#whole.width * this.#whole.height;
    const [small, sums] = [this.#data, this.#sums];
    this.#sum(step === 1 ? data.subarray(first, first + pixels) : this.#lumaOf(data, first, step), sums);
    for (let i = 0; i < small.length; i++) small[i] = (sums[i]! + (SMALLER * SMALLER) / 2) >> 4;
    return { width: this.width, height: this.height, data: small, first: 0, step: 1, scale };
  }

  #lumaOf(data: Uint8Array, first: number, step: number): Uint8Array {
    this.#luma ??= new Uint8Array(this.#whole.width * this.#whole.height);
    for (let i = 0, at = first; i < this.#luma.length; i++, at += step) this.#luma[i] = data[at]!;
    return this.#luma;
  }
}
