import { statSync } from 'node:fs';
import { explain } from '../../foundation/errors.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import { codeOf, type SqliteConnection } from '../../store/sqlite.js';
import { databaseTrouble, openForReading } from './open-database.js';

/** What came of a copy. */
export interface CopiedTables {
  /** Per table that was copied: rows there are for one of the copy. */
  readonly scale: ReadonlyMap<string, number>;
  /** Per table that was not: why. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/** How much is copied. */
export interface CopyBounds {
  /** Rows of a table at most; others are drawn evenly over the table. */
  readonly mostRows: number;
  /** Of a larger file a part of each table's rows, but for small tables; undefined: no bound. */
  readonly mostBytes: number | undefined;
}

/** A table of fewer rows is copied whole, whatever the file's size. */
const SMALL_ROWS = 1000;
/** By which name SQLite knows the database that is copied. */
const FROM = '"edge original"';

interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly sql: string;
}

/**
 * Copies tables, indexes and views of a database into an empty one, and gathers statistics. Rows go from SQLite to SQLite: while the connection
 * that only reads holds its lock, one that may write finds nothing beside the file that it would bring in.
 *
 * @throws EdgeError E_OUTPUT where it cannot be read, or there is no room for the copy
 */
export function copyPartOfDatabase(
  file: string,
  into: SqliteConnection,
  { mostRows, mostBytes }: CopyBounds,
): CopiedTables {
  const original = openForReading(file);
  try {
    original.exec('BEGIN');
    original.prepare('SELECT count(*) FROM sqlite_schema').get();
    // where it could not be read in its place, that is a copy of the file
    into.prepare(`ATTACH ? AS ${FROM}`).run(original.name);
    try {
      const leastStep = mostBytes === undefined ? 1 : Math.ceil(statSync(file).size / mostBytes);
      return new DatabaseCopy(into, mostRows, leastStep).made();
    } finally {
      into.exec(`DETACH ${FROM}`);
    }
  } catch (cause) {
    throw databaseTrouble(file, 'copied', cause);
  } finally {
    original.close();
  }
}

class DatabaseCopy {
  readonly #sqlite: SqliteConnection;
  readonly #mostRows: number;
  readonly #leastStep: number;
  readonly #scale = new Map<string, number>();
  readonly #leftOut = new Map<string, string>();

  /** @param leastStep of a table that is not small, one row in so many at most */
  constructor(sqlite: SqliteConnection, mostRows: number, leastStep: number) {
    this.#sqlite = sqlite;
    this.#mostRows = mostRows;
    this.#leastStep = leastStep;
  }

  made(): CopiedTables {
    // what the rows were checked by before needs functions that only their program has
    this.#sqlite.pragma('ignore_check_constraints = ON');
    this.#sqlite.exec('BEGIN');
    try {
      for (const object of this.#objects()) this.#take(object);
      this.#sqlite.exec('COMMIT');
    } catch (error) {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('ROLLBACK');
      throw error;
    }
    return { scale: this.#scale, leftOut: this.#leftOut };
  }

  /** Tables first, then what stands on them: views, and indexes once the rows are there. */
  #objects(): SchemaObject[] {
    return this.#sqlite
      .prepare<[], SchemaObject>(
        `SELECT type, name, sql FROM ${FROM}.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 2 ELSE 3 END`,
      )
      .all();
  }

  /** What needs a function or a collation of the application's is left out: nobody else can write it. */
  #take({ type, name, sql }: SchemaObject): void {
    if (type === 'trigger') return;
    if (/^CREATE\s+VIRTUAL/i.test(sql)) {
      this.#leftOut.set(name, 'it is a virtual table');
      return;
    }
    this.#sqlite.exec('SAVEPOINT object');
    try {
      this.#sqlite.exec(sql);
      if (type === 'table') this.#fill(name);
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_ERROR')) throw error;
      this.#sqlite.exec('ROLLBACK TO object');
      if (type === 'table') this.#leftOut.set(name, explain(error));
    }
    this.#sqlite.exec('RELEASE object');
  }

  #fill(name: string): void {
    const columns = this.#columnsOf(name);
    const rows = this.#sqlite
      .prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${FROM}.${quotedName(name)}`)
      .get()!.n;
    const every = Math.max(Math.ceil(rows / this.#mostRows), rows > SMALL_ROWS ? this.#leastStep : 1);
    // a row that its own constraints forbid came there before them
    const { changes } = this.#sqlite
      .prepare(`INSERT OR IGNORE INTO main.${quotedName(name)} (${columns}) ${this.#someOf(name, columns, every)}`)
      .run();
    this.#scale.set(name, changes === 0 ? 1 : rows / changes);
  }

  /** Of those that are stored as they are given; others are made of them. */
  #columnsOf(table: string): string {
    return this.#sqlite
      .prepare<[string], { name: string; hidden: number }>("SELECT name, hidden FROM pragma_table_xinfo(?, 'main')")
      .all(table)
      .filter(({ hidden }) => hidden === 0)
      .map(({ name }) => quotedName(name))
      .join(', ');
  }

  /** One row of each so many that lie beside each other, at another place each time: neither numbers with gaps nor rows that come in turns bend it. */
  #someOf(table: string, columns: string, every: number): string {
    const from = `${FROM}.${quotedName(table)}`;
    if (every === 1) return `SELECT ${columns} FROM ${from}`;
    const drawn = `"edge row" % ${every} = ("edge row" / ${every} * ${SPREAD} >> 13) % ${every}`;
    const rowid = this.#rowidOf(table);
    const numbered = (what: string): string =>
      `SELECT ${what} FROM (SELECT ${what}, row_number() OVER () - 1 AS "edge row" FROM ${from}) WHERE ${drawn}`;
    // only the numbers of the rows are gone through then, and not what they hold
    return rowid === null ? numbered(columns) : `SELECT ${columns} FROM ${from} WHERE ${rowid} IN (${numbered(rowid)})`;
  }

  /** A name of the number of a row that no column has; null where there is none. */
  #rowidOf(table: string): string | null {
    const isWithout = this.#sqlite
      .prepare<[string], { wr: number }>("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?")
      .get(table)?.wr;
    if (isWithout !== 0) return null;
    const names = this.#sqlite
      .prepare<[string], { name: string }>("SELECT lower(name) AS name FROM pragma_table_xinfo(?, 'main')")
      .all(table)
      .map(({ name }) => name);
    return ['_rowid_', 'oid', 'rowid'].find((name) => !names.includes(name)) ?? null;
  }
}

/** Odd, and its bits are mixed: numbers one after the other become such as have no order. */
const SPREAD = 2_654_435_761;
