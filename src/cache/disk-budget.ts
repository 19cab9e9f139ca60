import type { DiskRows, RowSize } from './disk-rows.js';
import type { Entry } from './entry.js';
import type { EvictionReason } from './stats.js';

/** Who went during a transaction, to be told when it is done. */
export type Evicted = [key: string, reason: EvictionReason][];

const EVICT_AT_ONCE = 256;

/**
 * How many rows there are and what they take, kept by every change of theirs so that nobody has to count, and the budget
 * that they are held to.
 */
export class DiskBudget {
  readonly maxBytes: number;
  #entries = 0;
  #bytes = 0;

  /** @param maxBytes estimated bytes of all rows */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes what a database really holds. */
  adopt(entries: number, bytes: number): void {
    this.#entries = entries;
    this.#bytes = bytes;
  }

  /** Does the work, and where it fails leaves the sums as they were: so does the transaction around it. */
  change(work: () => boolean): boolean {
    const entries = this.#entries;
    const bytes = this.#bytes;
    const done = work();
    if (!done) this.adopt(entries, bytes);
    return done;
  }

  /** Writes an entry, or with null removes the row. */
  write(rows: DiskRows, key: string, entry: Entry | null, usedAt: number, evicted: Evicted): void {
    const was = rows.bytesOf(key);
    const bytes = entry && rows.write(key, entry, usedAt, this.maxBytes);
    if (bytes === null && was !== null) rows.remove(key);
    if (bytes === null && entry !== null) evicted.push([key, 'tooLarge']);
    this.#bytes += (bytes ?? 0) - (was ?? 0);
    this.#entries += (bytes === null ? 0 : 1) - (was === null ? 0 : 1);
  }

  remove(rows: DiskRows, found: readonly RowSize[], reason: EvictionReason, evicted: Evicted): void {
    for (const row of found) this.#remove(rows, row, reason, evicted);
  }

  empty(rows: DiskRows): void {
    rows.empty();
    this.adopt(0, 0);
  }

  /** Lets go what was used longest ago until the rest fits. */
  hold(rows: DiskRows, evicted: Evicted): void {
    while (this.#bytes > this.maxBytes && this.#entries > 0) {
      for (const row of rows.oldest(EVICT_AT_ONCE)) {
        if (this.#bytes <= this.maxBytes) return;
        this.#remove(rows, row, 'budget', evicted);
      }
    }
  }

  #remove(rows: DiskRows, { key, bytes }: RowSize, reason: EvictionReason, evicted: Evicted): void {
    rows.remove(key);
    this.#bytes -= bytes;
    this.#entries--;
    evicted.push([key, reason]);
  }
}
