/** A worker as whoever shares out pictures sees it. */
export interface WorkerView {
  /** Batches on their way to it or in it. */
  readonly inFlight: number;
  /** Whether it takes one more now. */
  readonly hasRoom: boolean;
  /** When a batch of so many pictures, or as many of them as it takes at once, would be answered. */
  readonly answerAt: (pictures: number) => number;
}

/**
 * Which worker the next of the waiting pictures are for; it may be one that has no room yet, for which they then wait.
 * @param hurried pictures have been waiting for some time without an end: whoever has room should work
 * @returns an index; null for none
 */
export type Balance = (workers: readonly WorkerView[], pictures: number, hurried: boolean) => number | null;

/**
 * The worker that is expected to answer first, with what it has to do already. A slow one beside a fast one gets a picture
 * when the fast one's queue is longer than the slow one takes, and, while more comes than is answered, whenever it is free.
 */
export const leastExpectedCompletion: Balance = (workers, pictures, hurried) => {
  let best: number | null = null;
  let soonest = Number.POSITIVE_INFINITY;
  for (const [index, worker] of workers.entries()) {
    if (hurried && !worker.hasRoom) continue;
    const at = worker.answerAt(pictures);
    if (at < soonest) [best, soonest] = [index, at];
  }
  return best;
};
