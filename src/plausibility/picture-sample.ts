import { lumaLevels, type YuvFormat } from '../kernels/yuv-colour.js';

/** Tiles across and down, whatever the size of the picture. */
export const TILES_ACROSS = 32;
export const TILES_DOWN = 18;
export const TILES = TILES_ACROSS * TILES_DOWN;

/** Lines of pixels looked at in each row of tiles: at a third and two thirds of its height. */
const LINES_PER_TILE = 2;
/** Lines looked at in a picture. */
export const LINES = TILES_DOWN * LINES_PER_TILE;
/** Pixels looked at along a line at most; of a wider picture some are left out. */
const MOST_ACROSS = 320;
/** Of green, which is taken as it is. */
const SAME_LEVELS = Uint8Array.from({ length: 256 }, (_, level) => level);

/** Pixels of a picture. */
export interface SampledPixels {
  readonly width: number;
  readonly height: number;
  /** What `data` means where it is I420; unset: RGB24. */
  readonly yuv?: YuvFormat | undefined;
  /** As of `Frame`. */
  readonly data: Uint8Array;
}

/**
 * A small part of a picture: the luma, or in RGB24 the green, of two lines of pixels in each row of tiles. That shows any noise of the sensor, at a
 * cost that does not count beside decoding the picture.
 */
export class PictureSample {
  readonly width: number;
  readonly height: number;
  /** Pixels per line. */
  readonly across: number;
  /** Brightness, line by line; `LINES * across` bytes. */
  readonly bytes: Uint8Array;
  /** Mean brightness of each tile, 0..255, row by row. */
  readonly means = new Float32Array(TILES);
  /** First pixel of each tile along a line, and the end of the last. */
  readonly #starts: Int32Array;
  readonly #lines: Int32Array;
  readonly #step: number;

  /** @param width pixels of the pictures, >= 1, as `height` */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#step = Math.ceil(width / MOST_ACROSS);
    this.across = Math.ceil(width / this.#step);
    this.bytes = new Uint8Array(LINES * this.across);
    this.#starts = Int32Array.from({ length: TILES_ACROSS + 1 }, (_, i) =>
      Math.floor((i * this.across) / TILES_ACROSS),
    );
    this.#lines = Int32Array.from({ length: LINES }, (_, i) =>
      Math.min(height - 1, Math.floor(((2 * i + 1) * height) / (2 * LINES))),
    );
  }

  fits({ width, height }: Pick<SampledPixels, 'width' | 'height'>): boolean {
    return width === this.width && height === this.height;
  }

  /** Takes the sample of a picture of this size. */
  read({ data, width, yuv }: SampledPixels): void {
    const { across } = this;
    const [pitch, first] = yuv === undefined ? [3, 1] : [1, 0];
    const levels = yuv === undefined ? SAME_LEVELS : lumaLevels(yuv);
    for (let line = 0; line < LINES; line++) {
      const from = this.#lines[line]! * width * pitch + first;
      takeLine(data, from, this.#step * pitch, levels, this.bytes, line * across, across);
    }
    for (let row = 0; row < TILES_DOWN; row++) this.#averageRow(row);
  }

  /**
   * Marks the tiles that differ from an earlier sample of the same size.
   *
   * @param tolerance mean difference in levels up to which a tile counts as the same; 0: every bit counts
   * @param into set to 1 where a tile differs; others keep what they have
   */
  differing(earlier: Uint8Array, tolerance: number, into: Uint8Array): void {
    const { bytes, across } = this;
    const starts = this.#starts;
    // most often nothing at all differs from a frozen picture
    if (Buffer.compare(bytes, earlier) === 0) return;
    for (let tile = 0; tile < TILES; tile++) {
      if (into[tile] !== 0) continue;
      const column = tile % TILES_ACROSS;
      const first = ((tile - column) / TILES_ACROSS) * LINES_PER_TILE * across;
      const from = first + starts[column]!;
      const to = first + starts[column + 1]!;
      const most = tolerance * (to - from) * LINES_PER_TILE;
      let sum = 0;
      for (let i = from; i < to && sum <= most; i++) {
        sum += Math.abs(bytes[i]! - earlier[i]!) + Math.abs(bytes[i + across]! - earlier[i + across]!);
      }
      if (sum > most) into[tile] = 1;
    }
  }

  #averageRow(row: number): void {
    const { bytes, across, means } = this;
    const starts = this.#starts;
    const line = row * LINES_PER_TILE * across;
    for (let column = 0; column < TILES_ACROSS; column++) {
      const tile = row * TILES_ACROSS + column;
      const pixels = starts[column + 1]! - starts[column]!;
      const sum = sumOf(bytes, line + starts[column]!, pixels) + sumOf(bytes, line + across + starts[column]!, pixels);
      // of a picture narrower than the tiles are many, some tiles have no pixel: they repeat their neighbour
      means[tile] = pixels > 0 ? sum / (pixels * LINES_PER_TILE) : column > 0 ? means[tile - 1]! : 0;
    }
  }
}

/*
 * The loops over pixels are functions of their own, called often: where they stood in `read`, V8 compiled them while they ran, and left
 * that code again at each call.
 */

/** Every so many bytes of a line of pixels, as levels. */
function takeLine(
  data: Uint8Array,
  from: number,
  stride: number,
  levels: Uint8Array,
  into: Uint8Array,
  first: number,
  count: number,
): void {
  for (let k = 0, at = from; k < count; k++, at += stride) into[first + k] = levels[data[at]!]!;
}

function sumOf(bytes: Uint8Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += bytes[i]!;
  return sum;
}
