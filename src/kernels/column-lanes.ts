import type { Taps } from './taps.js';

/** Outputs that a kernel makes at a time, and source values of 16 bits that it has in a vector. */
const LANES = 4;
const VALUES = 8;
const BYTES_OF_VALUE = 2;

/**
 * Weights of columns as the kernels want them: per four outputs, the first source byte, and which of the 16 bytes from there on belong to
 * each; where four outputs need more than that, the first source byte of every output instead.
 */
export interface ColumnLanes {
  /** Source bytes: of each four outputs where there are `masks`, else of each output. Counts are padded to whole fours. */
  readonly offsets: Int32Array;
  /** 16 bytes per four outputs: pair of neighbours of each; null where no vector has them all. */
  readonly masks: Uint8Array | null;
  /** Two weights of 16 bits per output and pair of neighbours, all outputs of one pair together. */
  readonly weights: Int32Array;
  /** Pairs of neighbours per output. */
  readonly pairs: number;
}

/** @param taps weights of 0 to 256; what is padded has weight 0 */
export function columnLanes({ from, weights, width }: Taps): ColumnLanes {
  const count = Math.ceil(from.length / LANES) * LANES;
  const pairs = Math.ceil(width / 2);
  const packed = new Int32Array(count * pairs);
  for (let x = 0; x < from.length; x++) {
    for (let k = 0; k < width; k++) {
      packed[(k >> 1) * count + x]! |= weights[x * width + k]! << ((k & 1) * 16);
    }
  }
  const all = Int32Array.from({ length: count }, (_, x) => (from[x] ?? from.at(-1)!) * BYTES_OF_VALUE);
  const masks = masksOf(all);
  const offsets = masks === null ? all : all.filter((_, x) => x % LANES === 0);
  return { offsets, masks, weights: packed, pairs };
}

function masksOf(offsets: Int32Array): Uint8Array | null {
  const masks = new Uint8Array(offsets.length * LANES);
  for (const [x, offset] of offsets.entries()) {
    const at = offset - offsets[x - (x % LANES)]!;
    if (at + 2 * BYTES_OF_VALUE > VALUES * BYTES_OF_VALUE) return null;
    for (let k = 0; k < 2 * BYTES_OF_VALUE; k++) masks[x * LANES + k] = at + k;
  }
  return masks;
}
