/** A plane of bytes cut into blocks. */
export interface BlockGrid {
  /** Bytes of a row of the plane. */
  readonly width: number;
  readonly height: number;
  /** Per column of blocks, the one of bytes behind its last; rising to `width` at most. */
  readonly columnEnds: Int32Array;
  readonly rowEnds: Int32Array;
}

/** Sums of the bytes of each block, row by row. @param plane of the grid's size @param into a number per block */
export type BlockSums = (plane: Uint8Array, into: Int32Array) => void;
