import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolderOfProcess } from '../../foundation/remains.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import { loadSqlite, type SqliteConnection } from '../../store/sqlite.js';
import { openForReading } from './open-database.js';

/** A statement of a workload with values for its parameters. */
export interface Runnable {
  readonly sql: string;
  /** A list for `?`, names for `:name`; empty where it has none. */
  readonly parameters: readonly unknown[] | Readonly<Record<string, unknown>>;
}

/** A table of fewer rows is copied whole, whatever the file's size. */
const SMALL_ROWS = 1000;

/** Milliseconds between two looks at the clock, at least; runs in that time at most. */
const LOOK_MS = 0.1;
const MOST_TIMES = 64;

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
  /** Per table: rows there are for one that was copied. */
  readonly scale = new Map<string, number>();

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
      this.#copy(file, mostRows, mostBytes === undefined ? 1 : Math.ceil(statSync(file).size / mostBytes));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get sqlite(): SqliteConnection {
    return this.#sqlite;
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
   * Milliseconds of the processor's time of one run from the first row to the last, the best of several; what it changes is taken back. Other work
   * of the machine does not count, nor does waiting for a medium: the copy is in memory for the most part.
   */
  time(runnable: Runnable, rounds: number, budgetMs: number): number {
    const statement = this.#sqlite.prepare(runnable.sql);
    const values = bound(runnable.parameters);
    const run = statement.reader
      ? () => {
          for (const _row of statement.raw().iterate(...values));
        }
      : () => statement.run(...values);
    let best = Number.POSITIVE_INFINITY;
    // the clock has whole microseconds: what takes few of them is run more than once between two looks at it
    let times = 1;
    const end = performance.now() + budgetMs;
    for (let round = 0; round < rounds && (round === 0 || performance.now() < end); round += 1) {
      const changes = !statement.readonly;
      if (changes) this.#sqlite.exec('SAVEPOINT attempt');
      const start = process.cpuUsage();
      try {
        for (let time = 0; time < times; time += 1) run();
      } finally {
        const { user, system } = process.cpuUsage(start);
        best = Math.min(best, (user + system) / 1000 / times);
        if (changes) this.#sqlite.exec('ROLLBACK TO attempt; RELEASE attempt');
      }
      if (!changes) times = Math.min(MOST_TIMES, Math.max(1, Math.round(LOOK_MS / Math.max(best, 0.001))));
    }
    return best;
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

  #copy(file: string, mostRows: number, leastStep: number): void {
    const sqlite = this.#sqlite;
    const original = openForReading(file);
    try {
      // one moment of it, whatever is written meanwhile
      original.exec('BEGIN');
      const objects = original
        .prepare<[], { type: string; name: string; sql: string }>(
          "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 2 ELSE 3 END",
        )
        .all();
      sqlite.exec('BEGIN');
      for (const { type, name, sql } of objects) {
        if (type === 'trigger' || /^CREATE\s+VIRTUAL/i.test(sql)) continue;
        try {
          sqlite.exec(sql);
        } catch (error) {
          // a shadow table of a virtual one, a function of the application's in an index
          if (type === 'table') throw error;
          continue;
        }
        if (type === 'table') this.#fill(original, name, mostRows, leastStep);
      }
      sqlite.exec('COMMIT');
    } finally {
      original.close();
    }
    sqlite.exec('ANALYZE');
  }

  /** @param leastStep of a table that is not small, one row in so many at most */
  #fill(original: SqliteConnection, name: string, mostRows: number, leastStep: number): void {
    const columns = this.#sqlite
      .prepare<[string], { name: string; hidden: number }>('SELECT name, hidden FROM pragma_table_xinfo(?)')
      .all(name)
      .filter(({ hidden }) => hidden === 0)
      .map((column) => quotedName(column.name));
    const rows = original.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${quotedName(name)}`).get()!.n;
    const every = Math.max(Math.ceil(rows / mostRows), rows > SMALL_ROWS ? leastStep : 1);
    const insert = this.#sqlite.prepare(
      `INSERT INTO ${quotedName(name)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    // whole numbers keep all their digits, and stay whole ones
    const some = original
      .prepare(this.#someOf(name, columns.join(', '), every))
      .raw()
      .safeIntegers();
    let copied = 0;
    for (const row of some.iterate() as IterableIterator<unknown[]>) {
      insert.run(row);
      copied += 1;
    }
    this.scale.set(name, copied === 0 ? 1 : rows / copied);
  }

  #someOf(name: string, columns: string, every: number): string {
    const from = quotedName(name);
    if (every === 1) return `SELECT ${columns} FROM ${from}`;
    if (hasRowid(this.#sqlite, name)) return `SELECT ${columns} FROM ${from} WHERE rowid % ${every} = 0`;
    const numbered = `SELECT ${columns}, row_number() OVER () AS "edge row" FROM ${from}`;
    return `SELECT ${columns} FROM (${numbered}) WHERE "edge row" % ${every} = 0`;
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

const bound = (parameters: Runnable['parameters']): unknown[] =>
  Array.isArray(parameters) ? [...parameters] : [parameters];

function hasRowid(sqlite: SqliteConnection, table: string): boolean {
  return (
    sqlite
      .prepare<[string], { wr: number }>("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?")
      .get(table)?.wr === 0
  );
}
