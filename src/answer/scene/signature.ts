import { isNoShift, NO_SHIFT, type SceneShift, shiftDown, shiftRight } from '../../frame/scene-shift.js';
import type { YuvFormat } from '../../kernels/yuv-colour.js';
import { BLOCKS, blockStart, CELL_SIZE, CELLS, CELLS_ACROSS, GRID_HEIGHT, GRID_WIDTH, type Signature } from './grid.js';
import { PlaneSignature } from './plane-signature.js';

/** Samples along one side of a block, where it has as many pixels. */
const SIDE = 5;

/** luma = 0.299 R + 0.587 G + 0.114 B (BT.601) */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];
const lumaOf = (data: Uint8Array, at: number): number => RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!;

/**
 * Takes the signatures of pictures of one size. In RGB24 a block is looked at in up to 5 × 5 pixels spread evenly over it, always
 * the same ones: the mean of 25 has a fifth of the sensor's noise, and a still picture gives the same numbers again.
 */
export class SignatureReader {
  readonly width: number;
  readonly height: number;
  readonly #across: number;
  readonly #down: number;
  /** Byte offsets within a row of pixels, block by block. */
  readonly #columns: Int32Array;
  /** Byte offsets of rows of pixels, block by block. */
  readonly #rows: Int32Array;
  /** Of the row of blocks at hand: sums of r, g, b per block. */
  readonly #sums = new Int32Array(GRID_WIDTH * 3);
  #planes: PlaneSignature | null = null;

  /** @param width pixels, at least 1, as `height` */
  constructor(width: number, height: number) {
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
      throw new RangeError(`a picture of ${width}x${height} pixels has no signature: expected whole numbers above 0`);
    }
    this.width = width;
    this.height = height;
    this.#across = Math.min(SIDE, Math.max(1, Math.floor(width / GRID_WIDTH)));
    this.#down = Math.min(SIDE, Math.max(1, Math.floor(height / GRID_HEIGHT)));
    this.#columns = offsets(GRID_WIDTH, width, this.#across, 3);
    this.#rows = offsets(GRID_HEIGHT, height, this.#down, width * 3);
  }

  /**
   * @param data RGB24, `width * height * 3` bytes; or I420 where `yuv` says what its numbers mean: then of all pixels
   * @param shift by which blocks of luma lie further on; those of which a part is outside then have any number. Colours, of cells many
   *   times larger than any sway, are taken where they are
   */
  read(data: Uint8Array, into: Signature, yuv?: YuvFormat, shift: SceneShift = NO_SHIFT): void {
    if (yuv !== undefined) {
      this.#planes ??= new PlaneSignature(this.width, this.height);
      this.#planes.read(data, into, yuv, shift);
      return;
    }
    const bytes = this.width * this.height * 3;
    if (data.length < bytes) throw new RangeError(`expected a picture of ${bytes} bytes, got ${data.length}`);
    into.chroma.fill(0);
    for (let row = 0; row < GRID_HEIGHT; row++) {
      this.#sum(data, row);
      this.#keep(into, row);
    }
    const { chroma } = into;
    const share = 1 / (this.#across * this.#down * CELL_SIZE * CELL_SIZE);
    for (let i = 0; i < chroma.length; i++) chroma[i]! *= share;
    if (!isNoShift(shift)) this.#shiftLuma(data, into.luma, shift);
  }

  /** Takes the luma of blocks where the scene has gone. */
  #shiftLuma(data: Uint8Array, luma: Float32Array, shift: SceneShift): void {
    const { width, height } = this;
    for (let block = 0; block < BLOCKS; block++) {
      const column = block % GRID_WIDTH;
      const row = (block - column) / GRID_WIDTH;
      const right = ((column + 0.5) / GRID_WIDTH - 0.5) * width;
      const below = ((row + 0.5) / GRID_HEIGHT - 0.5) * height;
      luma[block] = this.#lumaAt(data, column, row, shiftRight(shift, right, below), shiftDown(shift, right, below));
    }
  }

  /** A block that lies between pixels has the mean of those that lie on them: to the first order, three say it. */
  #lumaAt(data: Uint8Array, column: number, row: number, farX: number, farY: number): number {
    const [across, down, stride] = [this.#across, this.#down, this.width * 3];
    const [wholeX, wholeY] = [Math.floor(farX), Math.floor(farY)];
    const ahead = wholeY * stride + wholeX * 3;
    let [here, beside, below] = [0, 0, 0];
    for (let v = 0; v < down; v++) {
      for (let u = 0; u < across; u++) {
        const at = this.#rows[row * down + v]! + this.#columns[column * across + u]! + ahead;
        // outside of the picture it has any number, but one
        if (at < 0 || at + stride + 5 >= data.length) continue;
        here += lumaOf(data, at);
        beside += lumaOf(data, at + 3);
        below += lumaOf(data, at + stride);
      }
    }
    return (here + (farX - wholeX) * (beside - here) + (farY - wholeY) * (below - here)) / (across * down);
  }

  #sum(data: Uint8Array, row: number): void {
    const sums = this.#sums;
    const columns = this.#columns;
    const across = this.#across;
    const last = (row + 1) * this.#down;
    sums.fill(0);
    for (let line = row * this.#down; line < last; line++) {
      const start = this.#rows[line]!;
      let c = 0;
      for (let s = 0; s < sums.length; s += 3) {
        let r = 0;
        let g = 0;
        let b = 0;
        for (const end = c + across; c < end; c++) {
          const p = start + columns[c]!;
          r += data[p]!;
          g += data[p + 1]!;
          b += data[p + 2]!;
        }
        sums[s]! += r;
        sums[s + 1]! += g;
        sums[s + 2]! += b;
      }
    }
  }

  #keepLuma(luma: Float32Array, row: number): void {
    const sums = this.#sums;
    const share = 1 / (this.#across * this.#down);
    const [red, green, blue] = [RED * share, GREEN * share, BLUE * share];
    for (let x = 0, s = 0; x < GRID_WIDTH; x++, s += 3) {
      luma[row * GRID_WIDTH + x] = sums[s]! * red + sums[s + 1]! * green + sums[s + 2]! * blue;
    }
  }

  #keep({ luma, chroma }: Signature, row: number): void {
    this.#keepLuma(luma, row);
    const sums = this.#sums;
    const firstCell = Math.floor(row / CELL_SIZE) * CELLS_ACROSS;
    for (let x = 0, s = 0; x < GRID_WIDTH; x++, s += 3) {
      const r = sums[s]!;
      const g = sums[s + 1]!;
      const b = sums[s + 2]!;
      const cell = firstCell + (x >> 2);
      chroma[cell]! += r - b;
      chroma[CELLS + cell]! += g - (r + b) / 2;
    }
  }
}

/** Offsets of `samples` pixels in the middle of equal parts of each block. */
function offsets(blocks: number, pixels: number, samples: number, step: number): Int32Array {
  const found = new Int32Array(blocks * samples);
  for (let block = 0; block < blocks; block++) {
    const start = blockStart(block, blocks, pixels);
    const length = blockStart(block + 1, blocks, pixels) - start;
    for (let k = 0; k < samples; k++) {
      const pixel = start + Math.floor(((k + 0.5) * length) / samples);
      found[block * samples + k] = Math.min(pixels - 1, pixel) * step;
    }
  }
  return found;
}
