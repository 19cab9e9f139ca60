/** How pictures of several cameras are put together for a worker; both may be moved while it serves. */
export interface Batching {
  /** Pictures that a worker is given at once at most, >= 1. Sizes that were not warmed up at load are not used. */
  readonly maxBatch: number;
  /** ms that a picture may wait at an idle worker for others, where that is expected to answer sooner; 0: never. */
  readonly windowMs: number;
}
