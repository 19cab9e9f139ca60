import { IDS_PER_MS } from './fleet-retention.js';

/** Writers of one database that can be told apart by their ids. */
const SLOTS = 16;

/** Ids of rows, in the order of their arrival. */
export class RowIds {
  #last: number;
  /** Of one of several that write at once, 0 to 15, another for each, which has every 16th id; null: of the only one, which has all. */
  slot: number | null = null;

  /** @param last the highest that is given */
  constructor(last: number) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  /** @param receivedAt Unix ms */
  next(receivedAt: number): number {
    const least = Math.max(this.#last + 1, receivedAt * IDS_PER_MS);
    this.#last = this.slot === null ? least : Math.ceil((least - this.slot) / SLOTS) * SLOTS + this.slot;
    return this.#last;
  }

  /** What was given since is given again: the batch that had it was not written. @param last the highest before it */
  backTo(last: number): void {
    this.#last = last;
  }
}
