/** How the light of a whole picture changed: `to ≈ gain * from + offset`. */
export interface LightChange {
  readonly gain: number;
  readonly offset: number;
  /**
   * Sets `gain` and `offset`; to 1 and 0 where no block can be used.
   *
   * @param from luma per block, as `to`; a multiple of four
   * @param skip one per block; where it is not 0 the block is left out
   */
  fit(from: Float32Array, to: Float32Array, skip: Uint8Array): void;
}
