/** One piece of evidence that waits to be made. */
export interface QueuedEvidence<Job> {
  readonly job: Job;
  /** Whether it is of an infraction, which goes before what is only of interest. */
  readonly isInfraction: boolean;
}

/**
 * What waits to be made, one after the other, of at most `most`. Full, an infraction displaces the newest of what is none; anything
 * else that comes is refused.
 */
export class EvidenceQueue<Job> {
  readonly #most: number;
  readonly #dropped: (job: Job) => void;
  #waiting: QueuedEvidence<Job>[] = [];

  /** @param dropped told of each that will not be made */
  constructor(most: number, dropped: (job: Job) => void) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(one: QueuedEvidence<Job>): void {
    if (this.#waiting.length < this.#most) {
      this.#waiting.push(one);
      return;
    }
    const at = one.isInfraction ? this.#waiting.findLastIndex(({ isInfraction }) => !isInfraction) : -1;
    if (at < 0) {
      this.#dropped(one.job);
      return;
    }
    const [displaced] = this.#waiting.splice(at, 1);
    this.#waiting.push(one);
    this.#dropped(displaced!.job);
  }

  /** The next to be made, infractions first; null where none waits. */
  next(): Job | null {
    const at = Math.max(
      0,
      this.#waiting.findIndex(({ isInfraction }) => isInfraction),
    );
    return this.#waiting.splice(at, 1)[0]?.job ?? null;
  }
}
