import { AgeClock } from './age-clock.js';
import type { DatabasePort, StatementPort } from './database-port.js';

/** How long the rows of a table stay. */
export interface Retention {
  readonly table: string;
  /** An integer, with an index that begins with it: the oldest rows are found by it. */
  readonly timeColumn: string;
  /** ms that one unit of the time stands for; default 1, Unix ms. */
  readonly unitMs?: number;
  readonly maxAgeMs: number;
  /** Of the table with its indexes, as they lie in the file; default: no bound but the age. */
  readonly maxBytes?: number;
}

/** Deleted in one transaction, but for rows of one and the same time. */
const BATCH_ROWS = 256;
/** ms between two looks for what is too old, once nothing was. */
const AGE_EVERY_MS = 60_000;
/** A table over its bytes loses as much more, so that it is not measured in vain. */
const SPARE = 0.95;

/**
 * Deletes the oldest rows of one table, a batch at each call of `step`, by age, as far as the clock can be believed, and where
 * the table takes more bytes than it may. How many it takes is told from outside with `measured`, because that reads all of the table.
 */
export class TableRetention {
  readonly rule: Retention;
  readonly #oldest: StatementPort;
  readonly #forget: StatementPort;
  readonly #count: StatementPort;
  readonly #unitMs: number;
  readonly #clock: AgeClock;
  #ageLookedAt = Number.NEGATIVE_INFINITY;
  /** Of all rows, those that must go so that the table takes no more than its bytes; null once they are counted. */
  #surplusShare: number | null = null;
  #surplus = 0;

  constructor(database: DatabasePort, rule: Retention) {
    const { table, timeColumn } = rule;
    this.rule = rule;
    this.#unitMs = rule.unitMs ?? 1;
    // the last of the oldest rows, of as many as a batch has
    this.#oldest = database.prepare(
      `SELECT max(at) AS at, count(*) AS rows FROM (SELECT ${timeColumn} AS at FROM "${table}" ORDER BY ${timeColumn} LIMIT ?)`,
    );
    this.#forget = database.prepare(`DELETE FROM "${table}" WHERE ${timeColumn} <= ?`);
    this.#count = database.prepare(`SELECT count(*) AS rows FROM "${table}"`);
    const { at } = database.prepare(`SELECT max(${timeColumn}) AS at FROM "${table}"`).get() as { at: number | null };
    this.#clock = new AgeClock(at === null ? null : at * this.#unitMs);
  }

  /** The table takes so many bytes now. */
  measured(bytes: number): void {
    const { maxBytes = Number.POSITIVE_INFINITY } = this.rule;
    // what is going already is not counted twice
    if (this.#surplus === 0 && bytes > maxBytes) this.#surplusShare = 1 - (maxBytes * SPARE) / bytes;
  }

  /** Whether `step` would look for rows now. */
  isDue(now: number): boolean {
    const since = now - this.#ageLookedAt;
    return this.#surplusShare !== null || this.#surplus > 0 || since < 0 || since >= AGE_EVERY_MS;
  }

  /** Deletes a batch; within a transaction. @returns how many rows went */
  step(now: number): number {
    const isBelieved = this.#clock.believes(now);
    if (!this.isDue(now)) return 0;
    this.#countSurplus();
    const deleted = this.#surplus > 0 ? this.#shrink() : isBelieved ? this.#age(now) : 0;
    this.#surplus = Math.max(0, this.#surplus - deleted);
    return deleted;
  }

  #countSurplus(): void {
    if (this.#surplusShare === null) return;
    this.#surplus = Math.ceil((this.#count.get() as { rows: number }).rows * this.#surplusShare);
    this.#surplusShare = null;
  }

  #shrink(): number {
    const { at, rows } = this.#oldest.get(Math.min(BATCH_ROWS, this.#surplus)) as { at: number | null; rows: number };
    if (at === null) {
      this.#surplus = 0;
      return 0;
    }
    return Math.max(rows, changesOf(this.#forget.run(at)));
  }

  #age(now: number): number {
    const before = Math.floor((now - this.rule.maxAgeMs) / this.#unitMs) - 1;
    const { at, rows } = this.#oldest.get(BATCH_ROWS) as { at: number | null; rows: number };
    // all of the batch is too old: there may be more, at the next call
    if (at === null || at > before || rows < BATCH_ROWS) this.#ageLookedAt = now;
    return changesOf(this.#forget.run(Math.min(at ?? before, before)));
  }
}

const changesOf = (result: unknown): number => (result as { changes: number }).changes;
