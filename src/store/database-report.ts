import { statSync } from 'node:fs';
import { quotedName } from '../foundation/sql-quotes.js';
import { lostIndexes, type SchemaIndex } from './lost-indexes.js';
import { loadSqlite, type SqliteConnection } from './sqlite.js';
import { bytesOfTables } from './table-bytes.js';

/** How a database lies in its file. */
export interface DatabaseReport {
  readonly bytes: number;
  /** Of the write-ahead log. */
  readonly logBytes: number;
  /** Steps of the schema that were taken. */
  readonly schema: number;
  /** That the file could give back. */
  readonly freeBytes: number;
  /** Whether it gives free pages back by itself. */
  readonly incrementalVacuum: boolean;
  readonly tables: readonly TableReport[];
}

export interface TableReport {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

const INCREMENTAL = 2;

/**
 * Looks into a database without changing it, also one that a running program has open.
 *
 * @throws what SQLite throws where it cannot be read
 */
export function reportOn(file: string): DatabaseReport {
  return reading(file, (sqlite) => {
    const number = (pragma: string): number => sqlite.pragma(pragma, { simple: true }) as number;
    const names = sqlite
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      )
      .pluck()
      .all() as string[];
    const sizes = bytesOfTables(sqlite, names);
    const rowsOf = (name: string): number =>
      sqlite
        .prepare(`SELECT count(*) FROM ${quotedName(name)}`)
        .pluck()
        .get() as number;
    return {
      bytes: sizeOf(file),
      logBytes: sizeOf(`${file}-wal`),
      schema: number('user_version'),
      freeBytes: number('freelist_count') * number('page_size'),
      incrementalVacuum: number('auto_vacuum') === INCREMENTAL,
      tables: names.map((name) => ({ name, rows: rowsOf(name), bytes: sizes.get(name) ?? 0 })),
    };
  });
}

/** Reads all of a database and everything that its indexes promise. @returns what is damaged, a line each; empty where nothing is */
export function integrityOf(file: string): readonly string[] {
  const MOST = 20;
  return reading(file, (sqlite) => {
    const found = sqlite.pragma(`integrity_check(${MOST})`) as { integrity_check: string }[];
    const lost = sqlite.pragma('foreign_key_check') as { table: string; rowid: number | null }[];
    return [
      ...found.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
      ...lost
        .slice(0, MOST)
        .map(({ table, rowid }) => `row ${rowid ?? '?'} of ${table} refers to one that is not there`),
    ];
  });
}

/** What a quick look at all pages of a database tells. */
export interface QuickLook {
  /** Steps of the schema that were taken. */
  readonly schema: number;
  /** What is damaged, a line each; empty where nothing is. */
  readonly problems: readonly string[];
}

/**
 * Reads all pages of a database, without what its indexes promise: much faster than `integrityOf`. Beside whoever writes it.
 *
 * @throws what SQLite throws where it cannot be read
 */
export function quickLookAt(file: string): QuickLook {
  const MOST = 5;
  return reading(file, (sqlite) => {
    const schema = sqlite.pragma('user_version', { simple: true }) as number;
    const rows = sqlite.pragma(`quick_check(${MOST})`) as { quick_check: string }[];
    return { schema, problems: rows.map((row) => row.quick_check).filter((text) => text !== 'ok') };
  });
}

/** Writes a whole, compact copy of a database as it is at this moment; who has it open goes on writing. @throws as SQLite does */
export function copyDatabase(file: string, to: string): void {
  reading(file, (sqlite) => void sqlite.prepare('VACUUM INTO ?').run(to));
}

/** What makes queries slow that have nothing to do with the medium. */
export interface QueryObstacles {
  readonly bytes: number;
  /** Of the write-ahead log: each reading looks through it. */
  readonly logBytes: number;
  /** That nothing lies in. */
  readonly freeBytes: number;
  readonly lost: readonly SchemaIndex[];
}

/** @param migrations of its schema @throws what SQLite throws where it cannot be read */
export function obstaclesIn(file: string, migrations: readonly string[]): QueryObstacles {
  return reading(file, (sqlite) => {
    const number = (pragma: string): number => sqlite.pragma(pragma, { simple: true }) as number;
    return {
      bytes: sizeOf(file),
      logBytes: sizeOf(`${file}-wal`),
      freeBytes: number('freelist_count') * number('page_size'),
      lost: lostIndexes(sqlite, migrations),
    };
  });
}

/**
 * Makes a database as small as it can be, able to give back what becomes free, and whole in its indexes; nobody else may have it
 * open.
 *
 * @param migrations of its schema @returns names of the indexes that were missing and were made again
 */
export function compactDatabase(file: string, migrations: readonly string[] = []): readonly string[] {
  const sqlite = new (loadSqlite())(file, { fileMustExist: true, timeout: 0 });
  try {
    const lost = lostIndexes(sqlite, migrations);
    for (const { sql } of lost) sqlite.exec(sql);
    sqlite.pragma('auto_vacuum = INCREMENTAL');
    sqlite.exec('VACUUM');
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    return lost.map(({ name }) => name);
  } finally {
    sqlite.close();
  }
}

const LOCK_PATIENCE_MS = 5000;

function reading<T>(file: string, work: (sqlite: SqliteConnection) => T): T {
  const sqlite = new (loadSqlite())(file, { readonly: true, fileMustExist: true, timeout: LOCK_PATIENCE_MS });
  try {
    return work(sqlite);
  } finally {
    sqlite.close();
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
