import type { SqliteConnection } from '../../store/sqlite.js';

/** About 0.1 ms of SQLite's own work on a small computer, without a page of the database. */
const WORK =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT sum(i * 3 % 7) FROM n';
/** Runs by which it is known how fast the machine is. */
const FIRST = 15;

/**
 * How fast the machine is at the moment: what else it does takes from its caches and its clock, and a time that is taken in such a moment
 * is compared with others that were not.
 */
export class MachinePace {
  readonly #run: () => number;
  #best: number;

  constructor(sqlite: SqliteConnection) {
    const statement = sqlite.prepare(WORK);
    this.#run = () => {
      const start = process.cpuUsage();
      statement.get();
      const { user, system } = process.cpuUsage(start);
      return Math.max(1, user + system);
    };
    this.#best = Math.min(...Array.from({ length: FIRST }, this.#run));
  }

  /** 1 when it is as fast as it ever was, 0.5 when everything takes twice as long. */
  now(): number {
    const now = this.#run();
    this.#best = Math.min(this.#best, now);
    return this.#best / now;
  }
}
