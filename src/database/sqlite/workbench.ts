import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolderOfProcess } from '../../foundation/remains.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import { median } from '../../foundation/statistics.js';
import { loadSqlite, type SqliteConnection } from '../../store/sqlite.js';
import { copyPartOfDatabase } from './copy-database.js';
import { MachinePace } from './machine-pace.js';

/** A statement of a workload with values for its parameters. */
export interface Runnable {
  readonly sql: string;
  /** A list for `?`, names for `:name` and `?1`, names as the last of a list for both; empty where it has none. */
  readonly parameters: readonly unknown[] | Readonly<Record<string, unknown>>;
}

/** Milliseconds between two looks at the clock, at least; runs in that time at most. */
const LOOK_MS = 0.1;
const MOST_TIMES = 256;
/** Of the time that measuring may take, what it may take by the clock on the wall where other work holds the processor. */
const WAITING = 2;
/** Runs of what changes something, of which each is taken back before the next. */
const MOST_CHANGES = 9;
/** Milliseconds of a run that one without a look at the clock goes before, where another way was run in between. */
const WARMED_MS = 30;

interface HiddenIndex {
  readonly name: string;
  readonly tbl_name: string;
  readonly rootpage: number;
  readonly sql: string;
  /** Its line of sqlite_stat1: without its index, SQLite takes that for the table's own. */
  readonly stat: string | undefined;
}

export interface WorkbenchOptions {
  /** Rows of a table that are copied at most; default 200 000. Others are drawn evenly over the table. */
  readonly mostRows?: number;
  /** Of a larger file a part of each table's rows is copied, but for small tables; default: no bound. */
  readonly mostBytes?: number;
  /** Where the copy lies while it is worked on; default: a folder of the system's for what is temporary. */
  readonly folder?: string;
}

/**
 * A copy of a database on which indexes are tried: made, measured, hidden and shown again without being built anew
 * (their entries in the schema are taken out and put back, which only a copy that is thrown away can bear). The database itself is only read.
 */
export class Workbench {
  readonly #sqlite: SqliteConnection;
  readonly #folder: string;
  readonly #hidden = new Map<string, HiddenIndex>();
  readonly #pace: MachinePace;
  /** Per table: rows there are for one that was copied. */
  readonly scale: ReadonlyMap<string, number>;
  /** Per table that was not copied: why. */
  readonly leftOut: ReadonlyMap<string, string>;

  /** @param file the database */
  constructor(file: string, { mostRows = 200_000, mostBytes, folder = tmpdir() }: WorkbenchOptions = {}) {
    this.#folder = makeFolderOfProcess(folder, 'edge-advice');
    try {
      this.#sqlite = new (loadSqlite())(join(this.#folder, 'copy.db'));
      this.#sqlite.unsafeMode(true);
      // what a statement changes is taken back, for which there has to be a journal
      this.#sqlite.pragma('journal_mode = MEMORY');
      this.#sqlite.pragma('synchronous = OFF');
      this.#sqlite.pragma('foreign_keys = OFF');
      // open it stays: where the system allows that, nothing is left of it however this process ends
      this.#removeFolder();
      const { scale, leftOut } = copyPartOfDatabase(file, this.#sqlite, { mostRows, mostBytes });
      this.scale = scale;
      this.leftOut = leftOut;
      this.#sqlite.exec('ANALYZE');
      this.#pace = new MachinePace(this.#sqlite);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get sqlite(): SqliteConnection {
    return this.#sqlite;
  }

  /** Of whatever the copy has: no index of the database can be called so. */
  names(): string[] {
    const { leftOut } = this;
    const names = this.#sqlite.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[];
    return [...names, ...leftOut.keys()];
  }

  /** Builds an index and gathers what the planner wants to know of it. */
  create(name: string, statement: string): void {
    this.#sqlite.exec(statement);
    this.#sqlite.exec(`ANALYZE ${quotedName(name)}`);
  }

  /** Of these indexes none is there for the planner afterwards but those of `shown`. */
  show(all: Iterable<string>, shown: ReadonlySet<string>): void {
    const names = [...all];
    const toHide = names.filter((name) => !shown.has(name) && !this.#hidden.has(name));
    const toShow = names.filter((name) => shown.has(name) && this.#hidden.has(name));
    if (toHide.length + toShow.length === 0) return;
    this.#sqlite.pragma('writable_schema = ON');
    for (const name of toHide) this.#hide(name);
    for (const name of toShow) this.#unhide(name);
    this.#sqlite.pragma('writable_schema = RESET');
  }

  /** The steps of the plan, a line each. @throws SqliteError where the statement cannot be run */
  plan({ sql, parameters }: Runnable): string[] {
    const statement = this.#sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`);
    return (statement.all(...bound(parameters)) as { detail: string }[]).map(({ detail }) => detail);
  }

  /**
   * Milliseconds of the processor's time of one run from the first row to the last, the median of several; what it changes is taken back. Other work
   * of the machine does not count, nor does waiting for a medium: the copy is in memory for the most part. Where that other work slows this
   * down as well, it slows down what the machine is measured by right before.
   *
   * @param budgetMs of the processor's time
   */
  time(runnable: Runnable, rounds: number, budgetMs: number): number {
    const run = this.#runOf(runnable);
    const taken: number[] = [];
    // the first run reads the pages that every other one finds in memory, and says how long it takes
    let ms = run(1);
    const cpu = process.cpuUsage();
    const end = performance.now() + WAITING * budgetMs;
    for (let round = 0; round < rounds; round += 1) {
      const { user, system } = process.cpuUsage(cpu);
      if (round > 0 && ((user + system) / 1000 > budgetMs || performance.now() > end)) break;
      const pace = this.#pace.now();
      // the clock has whole microseconds: what takes few of them is run more than once between two looks at it
      const times = timesIn(LOOK_MS, ms);
      ms = run(times);
      taken.push(ms * pace);
    }
    return median(taken)!;
  }

  /**
   * As `time`, of what takes about `ms`, over so much of the processor's time between two looks at the clock; once.
   *
   * @param lookMs what takes longer is run once
   */
  timeOnce(runnable: Runnable, ms: number, lookMs: number): number {
    const run = this.#runOf(runnable);
    const times = timesIn(lookMs, ms);
    // the other way's pages are in the caches, and of what takes long a part of its own comes in as it runs
    if (ms < WARMED_MS) run(1);
    if (!this.#changes(runnable)) return run(times);
    return median(Array.from({ length: Math.min(MOST_CHANGES, times) }, () => run(1)))!;
  }

  #changes({ sql }: Runnable): boolean {
    return !this.#sqlite.prepare(sql).readonly;
  }

  /** Runs a statement so many times. @returns ms that one of them took */
  #runOf({ sql, parameters }: Runnable): (times: number) => number {
    const statement = this.#sqlite.prepare(sql);
    const values = bound(parameters);
    const changes = !statement.readonly;
    const run = statement.reader
      ? () => {
          for (const _row of statement.raw().iterate(...values));
        }
      : () => statement.run(...values);
    return (most) => {
      // a row is only once inserted, or deleted
      const times = changes ? 1 : most;
      if (changes) this.#sqlite.exec('SAVEPOINT attempt');
      const start = process.cpuUsage();
      try {
        for (let time = 0; time < times; time += 1) run();
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000 / times;
      } finally {
        if (changes) this.#sqlite.exec('ROLLBACK TO attempt; RELEASE attempt');
      }
    };
  }

  /** Bytes of a table or an index, of as many rows as the database has. */
  bytesOf(name: string, table: string): number {
    const pages =
      this.#sqlite
        .prepare<[string], { bytes: number | null }>('SELECT sum(pgsize) AS bytes FROM dbstat WHERE name = ?')
        .get(name)?.bytes ?? 0;
    return Math.round(pages * (this.scale.get(table) ?? 1));
  }

  close(): void {
    this.#sqlite?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #removeFolder(): void {
    try {
      rmSync(this.#folder, { recursive: true });
    } catch {
      // Windows removes no file that is open: it goes at the end
    }
  }

  #hide(name: string): void {
    const row = this.#sqlite
      .prepare<[string], Omit<HiddenIndex, 'stat'>>(
        "SELECT name, tbl_name, rootpage, sql FROM sqlite_schema WHERE type = 'index' AND name = ?",
      )
      .get(name);
    if (row === undefined) return;
    const stat = this.#sqlite
      .prepare<[string], { stat: string }>('SELECT stat FROM sqlite_stat1 WHERE idx = ?')
      .get(name)?.stat;
    this.#hidden.set(name, { ...row, stat });
    this.#sqlite.prepare('DELETE FROM sqlite_stat1 WHERE idx = ?').run(name);
    this.#sqlite.prepare("DELETE FROM sqlite_schema WHERE type = 'index' AND name = ?").run(name);
  }

  #unhide(name: string): void {
    const { tbl_name, rootpage, sql, stat } = this.#hidden.get(name)!;
    this.#hidden.delete(name);
    this.#sqlite
      .prepare("INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('index', ?, ?, ?, ?)")
      .run(name, tbl_name, rootpage, sql);
    if (stat !== undefined)
      this.#sqlite.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)').run(tbl_name, name, stat);
  }
}

const timesIn = (lookMs: number, ms: number): number =>
  Math.min(MOST_TIMES, Math.max(1, Math.round(lookMs / Math.max(ms, 0.001))));

const bound = (parameters: Runnable['parameters']): unknown[] =>
  Array.isArray(parameters) ? [...parameters] : [parameters];
