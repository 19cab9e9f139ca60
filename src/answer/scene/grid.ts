/** Blocks across and down, whatever the size of the picture. */
export const GRID_WIDTH = 64;
export const GRID_HEIGHT = 36;
export const BLOCKS = GRID_WIDTH * GRID_HEIGHT;

/** Cells of 4 × 4 blocks, for colour and for finding similar scenes. */
export const CELL_SIZE = 4;
export const CELLS_ACROSS = GRID_WIDTH / CELL_SIZE;
export const CELLS_DOWN = GRID_HEIGHT / CELL_SIZE;
export const CELLS = CELLS_ACROSS * CELLS_DOWN;

/** What a picture looks like from afar: enough to tell whether something in it changed. */
export interface Signature {
  /** Mean luma of each block, 0..255, row by row; `BLOCKS` numbers. */
  readonly luma: Float32Array;
  /** Per cell, row by row: mean R−B, then for all cells mean G−(R+B)/2; −255..255, `2 * CELLS` numbers. */
  readonly chroma: Float32Array;
}

/** A signature to be filled. */
export function emptySignature(): Signature {
  return { luma: new Float32Array(BLOCKS), chroma: new Float32Array(2 * CELLS) };
}

/** First pixel of a block along one side of the picture; blocks differ by at most one pixel. */
export function blockStart(index: number, blocks: number, pixels: number): number {
  return Math.floor((index * pixels) / blocks);
}
