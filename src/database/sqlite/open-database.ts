import { EdgeError } from '../../foundation/errors.js';
import { diskTrouble } from '../../store/disk-trouble.js';
import { loadSqlite, type SqliteConnection } from '../../store/sqlite.js';

/** ms to wait where somebody else holds the lock: a reader has nothing to lose by giving up, who changes an index has. */
const READING_MS = 2000;
const WRITING_MS = 10_000;

/**
 * Opens a database file to read it, beside whoever writes it.
 *
 * @throws EdgeError E_OUTPUT where it cannot be read, E_CONFIG where better-sqlite3 cannot be loaded
 */
export function openForReading(file: string): SqliteConnection {
  return opened(file, { readonly: true, timeout: READING_MS }, 'read');
}

/**
 * Opens a database file to change it, beside whoever uses it.
 *
 * @throws EdgeError E_OUTPUT where it cannot be changed, E_CONFIG where better-sqlite3 cannot be loaded
 */
export function openForWriting(file: string): SqliteConnection {
  return opened(file, { readonly: false, timeout: WRITING_MS }, 'changed');
}

function opened(file: string, options: { readonly: boolean; timeout: number }, what: string): SqliteConnection {
  const Constructor = loadSqlite();
  try {
    const sqlite = new Constructor(file, { ...options, fileMustExist: true });
    try {
      sqlite.prepare('SELECT count(*) FROM sqlite_schema').get();
      return sqlite;
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `the database ${file} cannot be ${what}: ${diskTrouble(file, cause)}`, {
      context: { file },
      cause,
    });
  }
}
