import { ApiRefusal } from '../../http/api-route.js';

/** Does one thing after the other; what comes while too many wait is refused. */
export class InTurn {
  readonly #most: number;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param most that are being done or wait */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws ApiRefusal with 503 where too many wait, and what the work throws */
  async take<Done>(work: () => Promise<Done>): Promise<Done> {
    if (this.#waiting >= this.#most)
      throw new ApiRefusal(503, 'too many are asking for this now: ask again in a moment');
    this.#waiting += 1;
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
