import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';
import { EdgeError, explain } from '../foundation/errors.js';
import { makePrivateFile } from '../foundation/private-files.js';

/** better-sqlite3's class: `new` opens a connection. */
export type SqliteConstructor = typeof Sqlite;
export type SqliteConnection = Sqlite.Database;
export type SqliteStatement = Sqlite.Statement<unknown[]>;

/** Why no database can be opened on this machine, whatever its file, with what to do; null where one can. */
export function sqliteProblem(load: () => SqliteConstructor = requireSqlite): string | null {
  try {
    loadSqlite(load);
    return null;
  } catch (error) {
    return explain(error);
  }
}

/**
 * @param load for tests: where the native module comes from
 * @throws EdgeError E_CONFIG where better-sqlite3 cannot be loaded
 */
export function loadSqlite(load: () => SqliteConstructor = requireSqlite): SqliteConstructor {
  try {
    const Constructor = load();
    // its native library is loaded with the first database
    new Constructor(':memory:').close();
    return Constructor;
  } catch (error) {
    throw withoutSqlite(error);
  }
}

/**
 * Holds a file's exclusive lock until it is released, or the process is gone: the kernel releases it then. The file is made
 * where it is not there, and stays empty.
 *
 * @returns what releases it; null where another connection, of this process or of another one, has it
 * @throws EdgeError E_CONFIG where better-sqlite3 cannot be loaded, and what SQLite throws where the file cannot be locked
 */
export function lockFile(file: string): (() => void) | null {
  makePrivateFile(file);
  const sqlite = new (loadSqlite())(file, { timeout: 0 });
  try {
    // otherwise a file of that name would lie beside it
    sqlite.pragma('journal_mode = MEMORY');
    sqlite.exec('BEGIN EXCLUSIVE');
    return () => sqlite.close();
  } catch (error) {
    sqlite.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** The file is damaged, or is no database at all. */
export const isCorrupt = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

/** The file, its folder or its file system takes no writing. */
export const isReadOnly = (error: unknown): boolean =>
  /^(SQLITE_(READONLY|CANTOPEN)|EROFS|EACCES|EPERM)/.test(codeOf(error));

/** Another connection holds the lock that was needed. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** SQLite's or the file system's code, also of an error that one of ours was made from; empty where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof EdgeError ? codeOf(error.cause) : String((error as { code?: unknown } | null)?.code ?? '');
}

const requireSqlite = (): SqliteConstructor => createRequire(import.meta.url)('better-sqlite3');

/** For a missing package as well as for a missing or foreign native library. */
function withoutSqlite(cause: unknown): EdgeError {
  const remedy = BUILT_FOR_ANOTHER_NODE.test(explain(cause))
    ? 'it was built for another version of Node: `npm rebuild better-sqlite3`, with the Node that runs the program'
    : "run `node scripts/setup.mjs --sqlite` in the program's folder, or `npm install better-sqlite3@12` in a project that has " +
      "the program as a package (it needs its prebuilt binary, or python3, make, a C++ compiler and Node's headers)";
  return new EdgeError(
    'E_CONFIG',
    `better-sqlite3 cannot be loaded, and nothing can be kept on disk without it: ${remedy}`,
    { cause },
  );
}

/** What Node says of a native library at the first try, and at each later one. */
const BUILT_FOR_ANOTHER_NODE = /NODE_MODULE_VERSION|did not self-register/;
