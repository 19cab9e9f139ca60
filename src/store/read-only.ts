import { existsSync } from 'node:fs';
import { EdgeError } from '../foundation/errors.js';
import type { DatabasePort } from './database-port.js';
import { diskTrouble } from './disk-trouble.js';
import { loadSqlite, type SqliteConnection } from './sqlite.js';

/** ms for which a writer may hold the file's lock. */
const PATIENCE_MS = 2000;

/**
 * Has `work` read a database that a running program may be writing: nothing is made, migrated or repaired, and the file is closed
 * again.
 *
 * @returns null where there is no such file
 * @throws EdgeError E_OUTPUT where it cannot be read, E_CONFIG where better-sqlite3 cannot be loaded, and what `work` throws
 */
export function readDatabase<T>(file: string, work: (database: Pick<DatabasePort, 'prepare'>) => T): T | null {
  if (!existsSync(file)) return null;
  const Constructor = loadSqlite();
  let database: SqliteConnection | null = null;
  try {
    database = new Constructor(file, { readonly: true, fileMustExist: true, timeout: PATIENCE_MS });
    return work(database);
  } catch (cause) {
    if (cause instanceof EdgeError) throw cause;
    const message = `the database ${file} cannot be read: ${diskTrouble(file, cause)}`;
    throw new EdgeError('E_OUTPUT', message, { context: { file }, cause });
  } finally {
    database?.close();
  }
}
