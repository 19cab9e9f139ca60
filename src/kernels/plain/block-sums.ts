import type { BlockGrid } from '../block-grid.js';

/** The sums of `createBlockSums` without WebAssembly. */
export function plainBlockSums({ width, columnEnds, rowEnds }: BlockGrid, plane: Uint8Array, into: Int32Array): void {
  let y = 0;
  into.fill(0);
  for (const [row, endRow] of rowEnds.entries()) {
    for (; y < endRow; y++) {
      let at = y * width;
      for (let column = 0; column < columnEnds.length; column++) {
        let sum = 0;
        for (const end = y * width + columnEnds[column]!; at < end; at++) sum += plane[at]!;
        into[row * columnEnds.length + column]! += sum;
      }
    }
  }
}
