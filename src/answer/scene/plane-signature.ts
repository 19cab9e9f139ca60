import { isNoShift, type SceneShift } from '../../frame/scene-shift.js';
import type { BlockGrid, BlockSums } from '../../kernels/block-grid.js';
import { createBlockSums } from '../../kernels/block-sums.js';
import { createShiftedBlocks, type ShiftedBlocks } from '../../kernels/shifted-blocks.js';
import { YUV_COLOURS, type YuvFormat, yuvBytes } from '../../kernels/yuv-colour.js';
import {
  BLOCKS,
  blockStart,
  CELLS,
  CELLS_ACROSS,
  CELLS_DOWN,
  GRID_HEIGHT,
  GRID_WIDTH,
  type Signature,
} from './grid.js';

/** Factors of `YuvColour` are in parts of this many. */
const ONE = 32_768;

/** Takes the signatures of pictures in I420 of one size, from all of their pixels: it is as steady as their noise allows. */
export class PlaneSignature {
  readonly #width: number;
  readonly #height: number;
  readonly #luma: MeanBlocks;
  readonly #chroma: MeanBlocks;
  readonly #u = new Float32Array(CELLS);
  readonly #v = new Float32Array(CELLS);

  /** @param width pixels, even, as `height` */
  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#luma = new MeanBlocks(width, height, GRID_WIDTH, GRID_HEIGHT);
    this.#chroma = new MeanBlocks(width / 2, height / 2, CELLS_ACROSS, CELLS_DOWN);
  }

  /**
   * @param data I420
   * @param shift by which blocks of luma lie further on; those of which a part is outside then have any number
   * @throws RangeError where there are fewer bytes than the picture has
   */
  read(data: Uint8Array, into: Signature, yuv: YuvFormat, shift: SceneShift): void {
    const { chroma } = into;
    const bytes = yuvBytes(this.#width, this.#height);
    if (data.length < bytes) throw new RangeError(`expected a picture of ${bytes} bytes, got ${data.length}`);
    this.#readLuma(data, into.luma, yuv, shift);
    const { redV, greenU, greenV, blueU } = YUV_COLOURS[yuv];
    const pixels = this.#width * this.#height;
    this.#chroma.read(data.subarray(pixels, pixels * 1.25), this.#u);
    this.#chroma.read(data.subarray(pixels * 1.25, bytes), this.#v);
    const [red, blue] = [1 + redV / ONE, 2 + blueU / ONE];
    for (let cell = 0; cell < CELLS; cell++) {
      const u = this.#u[cell]! - 128;
      const v = this.#v[cell]! - 128;
      chroma[cell] = red * v - blue * u;
      chroma[CELLS + cell] = (greenU / ONE - blue / 2) * u + (greenV / ONE - red / 2) * v;
    }
  }

  #readLuma(data: Uint8Array, into: Float32Array, yuv: YuvFormat, shift: SceneShift): void {
    const { black, lumaGain } = YUV_COLOURS[yuv];
    const plane = data.subarray(0, this.#width * this.#height);
    if (isNoShift(shift)) this.#luma.read(plane, into);
    else this.#luma.readShifted(plane, into, shift);
    const gain = 1 + lumaGain / ONE;
    // of the full range already
    if (black === 0 && gain === 1) return;
    for (let i = 0; i < BLOCKS; i++) into[i] = Math.min(255, Math.max(0, (into[i]! - black) * gain));
  }
}

/** Means of the blocks of one plane. */
class MeanBlocks {
  readonly #sums: Int32Array;
  readonly #sum: BlockSums;
  /** One over the pixels of each block; 0 where a picture has fewer pixels than blocks. */
  readonly #shares: Float32Array;
  /** Of each block. */
  readonly #firstPixels: Int32Array;
  readonly #grid: BlockGrid;
  /** Made when a camera first sways; null where blocks have no pixel. */
  #shifted: ShiftedBlocks | null = null;

  constructor(width: number, height: number, across: number, down: number) {
    const starts = (blocks: number, pixels: number) =>
      Int32Array.from({ length: blocks + 1 }, (_, i) => blockStart(i, blocks, pixels));
    const [columns, rows] = [starts(across, width), starts(down, height)];
    this.#sums = new Int32Array(across * down);
    this.#grid = { width, height, columnEnds: columns.slice(1), rowEnds: rows.slice(1) };
    this.#sum = createBlockSums(this.#grid);
    this.#shares = new Float32Array(across * down);
    this.#firstPixels = new Int32Array(across * down);
    for (let block = 0; block < across * down; block++) {
      const x = block % across;
      const y = (block - x) / across;
      const area = (columns[x + 1]! - columns[x]!) * (rows[y + 1]! - rows[y]!);
      this.#shares[block] = area > 0 ? 1 / area : 0;
      this.#firstPixels[block] = rows[y]! * width + columns[x]!;
    }
  }

  read(plane: Uint8Array, into: Float32Array): void {
    const [sums, shares] = [this.#sums, this.#shares];
    this.#sum(plane, sums);
    for (let block = 0; block < into.length; block++) {
      const share = shares[block]!;
      into[block] = share > 0 ? sums[block]! * share : plane[this.#firstPixels[block]!]!;
    }
  }

  /** Of blocks that lie where a scene has gone; of those that are not wholly in the plane, any number. */
  readShifted(plane: Uint8Array, into: Float32Array, shift: SceneShift): void {
    const { width, height, columnEnds, rowEnds } = this.#grid;
    if (width <= columnEnds.length || height <= rowEnds.length) {
      this.read(plane, into);
      return;
    }
    this.#shifted ??= createShiftedBlocks(this.#grid);
    this.#shifted(plane, shift, into);
  }
}
