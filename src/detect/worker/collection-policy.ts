/** The outputs of 49 pictures of 416×256 (roadside-n). */
const MAX_DEAD_BYTES = 4 << 20;
/** Some 300 kB of dead old objects; three minutes at 60 pictures a second. */
const RUNS_PER_FULL = 10_000;

/** `young`: what the last frames left, a third of a millisecond. `full`: everything, some five milliseconds. */
export type Collection = 'none' | 'young' | 'full';

/**
 * When a worker collects its garbage. onnxruntime-node copies the outputs of every run into new memory, even where it is
 * given output tensors; V8 sees a few small objects, not the copies behind them, and lets a dozen MiB of them lie. And
 * of every run some 30 bytes are taken for old, which V8 would look at only when there are megabytes of them.
 */
export class CollectionPolicy {
  #deadBytes = 0;
  #runs = 0;

  /**
   * What to collect before the next run.
   * @param copiedBytes outputs that the last run copied
   */
  next(copiedBytes: number): Collection {
    this.#deadBytes += copiedBytes;
    const full = ++this.#runs >= RUNS_PER_FULL;
    if (!full && this.#deadBytes < MAX_DEAD_BYTES) return 'none';
    this.#deadBytes = 0;
    if (full) this.#runs = 0;
    return full ? 'full' : 'young';
  }
}
