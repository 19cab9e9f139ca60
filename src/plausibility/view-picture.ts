import { lumaLevels } from '../kernels/yuv-colour.js';
import type { SampledPixels } from './picture-sample.js';

/** Cells of a small grey picture of a view, in which nobody and no number plate can be made out. */
export const VIEW_ACROSS = 64;
export const VIEW_DOWN = 36;
export const VIEW_CELLS = VIEW_ACROSS * VIEW_DOWN;

/** ms between two pictures that are added, and by when half of what was before is forgotten. */
const EVERY = 2000;
const HALF_LIFE = 45_000;
/** ms after which what drove through has faded. */
const SETTLED = 120_000;

/** A small grey picture of what stays before a camera: what drives through fades. */
export class ViewPicture {
  readonly #cells = new Float32Array(VIEW_CELLS);
  readonly #newest = new Float32Array(VIEW_CELLS);
  #addedAt: number | null = null;
  #seenMs = 0;

  /** Whether it shows the view rather than what drove through it. */
  get isSettled(): boolean {
    return this.#seenMs >= SETTLED;
  }

  /** Takes a picture, where it is time for one. @param now ms that only go forward */
  see(frame: SampledPixels, now: number): void {
    if (this.#addedAt !== null && now - this.#addedAt < EVERY) return;
    const passed = this.#addedAt === null ? 0 : Math.min(now - this.#addedAt, HALF_LIFE);
    this.#addedAt = now;
    this.add(
      frame,
      this.#seenMs === 0 && passed === 0
        ? 1
        : Math.max(passed / (this.#seenMs + passed), 1 - 0.5 ** (passed / HALF_LIFE)),
    );
    this.#seenMs += passed;
  }

  /** @param share 0..1, of the picture in what is shown from now on */
  add(frame: SampledPixels, share: number): void {
    readCells(frame, this.#newest);
    for (let cell = 0; cell < VIEW_CELLS; cell++)
      this.#cells[cell]! += share * (this.#newest[cell]! - this.#cells[cell]!);
  }

  /** The view is another one, or shown in another size: begins anew. */
  clear(): void {
    this.#addedAt = null;
    this.#seenMs = 0;
  }

  /** Grey of each cell, 0..255, row by row. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.#cells, Math.round);
  }
}

/** Mean luma, in RGB24 green, of each cell, of every other pixel. */
function readCells({ data, width, height, yuv }: SampledPixels, into: Float32Array): void {
  const [pitch, first] = yuv === undefined ? [3, 1] : [1, 0];
  const levels = yuv === undefined ? null : lumaLevels(yuv);
  for (let row = 0; row < VIEW_DOWN; row++) {
    const [top, bottom] = span(row, VIEW_DOWN, height);
    for (let column = 0; column < VIEW_ACROSS; column++) {
      const [left, right] = span(column, VIEW_ACROSS, width);
      let sum = 0;
      let count = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = (y * width + left) * pitch + first; at < (y * width + right) * pitch; at += 2 * pitch, count++) {
          sum += levels === null ? data[at]! : levels[data[at]!]!;
        }
      }
      into[row * VIEW_ACROSS + column] = sum / count;
    }
  }
}

/** The pixels `[from, to)` of `size` that the one at `index` of `parts` stands for; at least one. */
function span(index: number, parts: number, size: number): readonly [from: number, to: number] {
  const from = Math.min(size - 1, Math.floor((index * size) / parts));
  return [from, Math.max(from + 1, Math.floor(((index + 1) * size) / parts))];
}
