import { IDS_PER_MS } from './fleet-retention.js';

/** Ids of rows, in the order of their arrival. */
export class RowIds {
  #last: number;

  /** @param last the highest that is given */
  constructor(last: number) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  /** @param receivedAt Unix ms */
  next(receivedAt: number): number {
    this.#last = Math.max(this.#last + 1, receivedAt * IDS_PER_MS);
    return this.#last;
  }
}
