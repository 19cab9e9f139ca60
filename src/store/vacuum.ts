import type { DatabasePort, StatementPort } from './database-port.js';

/** Fewer free pages are soon used again, and moving others into their places would wear the medium for nothing. */
const MANY_PAGES = 1024;
/** Of all pages. */
const MUCH_OF_THE_FILE = 0.25;
/** Given back in one transaction; each may move another page. */
const PAGES_AT_ONCE = 32;
/** ms between two looks while there is nothing to do. */
const LOOK_EVERY_MS = 600_000;

/**
 * Gives pages back to the file system that deleted rows left free, some in each transaction, once they are many (4 MiB, and a
 * quarter of the file). A file made by an earlier version keeps them for what comes; `edge-optimizer store vacuum` converts it.
 */
export class Vacuum {
  readonly #isIncremental: boolean;
  readonly #free: StatementPort;
  readonly #all: StatementPort;
  readonly #database: DatabasePort;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isBusy = false;

  constructor(database: DatabasePort) {
    const INCREMENTAL = 2;
    const mode = database.prepare('PRAGMA auto_vacuum').get() as { auto_vacuum: number };
    this.#isIncremental = mode.auto_vacuum === INCREMENTAL;
    this.#free = database.prepare('SELECT freelist_count AS pages FROM pragma_freelist_count');
    this.#all = database.prepare('SELECT page_count AS pages FROM pragma_page_count');
    this.#database = database;
  }

  /** Gives some pages back, where many are free; within a transaction. */
  step(now: number): void {
    const since = now - this.#lookedAt;
    if (!this.#isIncremental || (!this.#isBusy && since >= 0 && since < LOOK_EVERY_MS)) return;
    this.#lookedAt = now;
    const free = pagesOf(this.#free);
    // once begun, until few are left
    const enough = this.#isBusy ? MANY_PAGES / 4 : Math.max(MANY_PAGES, MUCH_OF_THE_FILE * pagesOf(this.#all));
    this.#isBusy = free > enough;
    if (this.#isBusy) this.#database.giveBackPages?.(PAGES_AT_ONCE);
  }
}

const pagesOf = (statement: StatementPort): number => (statement.get() as { pages: number }).pages;
