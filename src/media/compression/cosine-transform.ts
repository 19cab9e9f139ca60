/** Side of a block, px. */
export const BLOCK_SIDE = 8;
/** Numbers per block. */
export const BLOCK_CELLS = 64;

/** Row u: the cosine of frequency u, so that the transform of a block keeps its energy. */
const COSINES = Float64Array.from({ length: BLOCK_CELLS }, (_, cell) => {
  const [u, x] = [cell >> 3, cell & 7];
  return Math.sqrt((u === 0 ? 1 : 2) / BLOCK_SIDE) * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * BLOCK_SIDE));
});
const rows = new Float64Array(BLOCK_CELLS);

/**
 * The cosine transform of a block, as JPEG makes it, to `to` from cell `at` on: row by row, the mean (times 8) first.
 *
 * @param from luma, whose block begins at `start` and has `stride` pixels from row to row
 */
export function transformBlock(from: Uint8Array, start: number, stride: number, to: Float32Array, at: number): void {
  for (let y = 0; y < BLOCK_SIDE; y++) {
    const row = start + y * stride;
    for (let u = 0; u < BLOCK_SIDE; u++) {
      let sum = 0;
      for (let x = 0; x < BLOCK_SIDE; x++) sum += COSINES[u * 8 + x]! * from[row + x]!;
      rows[y * 8 + u] = sum;
    }
  }
  for (let v = 0; v < BLOCK_SIDE; v++) {
    for (let u = 0; u < BLOCK_SIDE; u++) {
      let sum = 0;
      for (let y = 0; y < BLOCK_SIDE; y++) sum += COSINES[v * 8 + y]! * rows[y * 8 + u]!;
      to[at + v * 8 + u] = sum;
    }
  }
}
