/** Two pictures that are compared, and where. */
export interface BlockPair {
  /** Luma per block, of before and of now. */
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Not 0 where something is known of before; null: wherever it is not masked. */
  readonly known: Uint8Array | null;
  /** Not 0 where a block has no vote. */
  readonly masked: Uint8Array;
  /** Whether a block that shows its other usual state is as usual. */
  readonly mayBeOther: boolean;
}

/** How what is usual is learned from a picture that was compared with it. */
export interface BlockLesson {
  /** Luma per block. */
  readonly luma: Float32Array;
  /** 1 where a block is followed, 0 elsewhere. */
  readonly follows: Uint8Array;
  /** Whether what changed since the last picture tells the noise. */
  readonly sees: boolean;
  /** By which what is usual moves, 0..1; and of what widens the tolerance, what is left. */
  readonly share: number;
  readonly kept: number;
}
