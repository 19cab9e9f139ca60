import type { BlockGrid } from './block-grid.js';
import type { BlockShift } from './block-shift.js';
import { type Kernels, kernels } from './kernels.js';
import { plainShiftedBlocks } from './plain/shifted-blocks.js';

/**
 * Means of the bytes of blocks that lie where a scene has gone, to a fraction of a pixel: to the first order, pixels beside and below say
 * what lies between. Blocks that are not wholly in the picture have any number.
 */
export type ShiftedBlocks = (plane: Uint8Array, shift: BlockShift, into: Float32Array) => void;

/** Columns of a block are summed in 15 bits. */
const MOST_ROWS = 128;

/** The fastest that this machine has; each gives the same. @param grid of at least two blocks a side, each with a pixel at least */
export function createShiftedBlocks(grid: BlockGrid): ShiftedBlocks {
  const { compiled } = kernels();
  const highest = grid.rowEnds.reduce((most, end, i) => Math.max(most, end - (grid.rowEnds[i - 1] ?? 0)), 0);
  if (compiled !== null && highest <= MOST_ROWS) return compiledShiftedBlocks(grid, compiled);
  return (plane, shift, into) => plainShiftedBlocks(grid, plane, shift, into);
}

/** With WebAssembly. @param grid with blocks of at most 128 rows */
export function compiledShiftedBlocks(grid: BlockGrid, { memory, shiftedBlocks }: Kernels): ShiftedBlocks {
  const { width, height, columnEnds, rowEnds } = grid;
  return (plane, shift, into) => {
    const place = memory.scratch();
    const columns = place.copyIn(columnEnds);
    const rows = place.copyIn(rowEnds);
    const found = place.room(into.byteLength);
    const source = memory.addressOf(plane) ?? place.copyIn(plane.subarray(0, width * height));
    // vectors are read beyond the last pixel
    place.room(64);
    if (!place.fits) return plainShiftedBlocks(grid, plane, shift, into);
    const { x, y, turn, growth } = shift;
    // biome-ignore format: the plane, its blocks, and how they lie
    shiftedBlocks(
      source, width, height, columns, columnEnds.length, rows, rowEnds.length,
      x, y, turn, growth, found,
    );
    into.set(memory.floatsAt(found, into.length));
  };
}
