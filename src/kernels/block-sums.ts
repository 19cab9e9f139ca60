import type { BlockGrid, BlockSums } from './block-grid.js';
import { type Kernels, kernels } from './kernels.js';
import { plainBlockSums } from './plain/block-sums.js';

/** Columns of a block are summed in 16 bits. */
const MOST_ROWS = 257;

/** The fastest that this machine has; each gives the same sums. */
export function createBlockSums(grid: BlockGrid): BlockSums {
  const { compiled } = kernels();
  const highest = grid.rowEnds.reduce((most, end, i) => Math.max(most, end - (grid.rowEnds[i - 1] ?? 0)), 0);
  if (compiled !== null && highest <= MOST_ROWS) return compiledBlockSums(grid, compiled);
  return (plane, into) => plainBlockSums(grid, plane, into);
}

/** With WebAssembly. @param grid with blocks of at most 257 rows */
export function compiledBlockSums(grid: BlockGrid, { memory, blockSums }: Kernels): BlockSums {
  const { width, height, columnEnds, rowEnds } = grid;
  return (plane, into) => {
    const place = memory.scratch();
    const sums = place.room(width * 2 + 32);
    const columns = place.copyIn(columnEnds);
    const rows = place.copyIn(rowEnds);
    const source = memory.addressOf(plane) ?? place.copyIn(plane.subarray(0, width * height));
    const found = place.room(into.byteLength);
    if (!place.fits) return plainBlockSums(grid, plane, into);
    blockSums(source, width, columns, columnEnds.length, rows, rowEnds.length, sums, found);
    into.set(memory.numbersAt(found, into.length));
  };
}
