import { EdgeError } from '../foundation/errors.js';
import { silentLog } from '../foundation/log.js';
import { Database } from './database.js';
import type { DatabasePort } from './database-port.js';
import { diskTrouble } from './disk-trouble.js';
import { loadSqlite } from './sqlite.js';

/** ms to wait where whoever writes has just locked it. */
const PATIENCE_MS = 2000;

/**
 * Opens a database to read it as it is now, also beside the program that writes it: what is written later is not seen, and
 * nothing is changed, made or moved.
 *
 * @throws EdgeError E_CONFIG where better-sqlite3 cannot be loaded, E_OUTPUT where the file cannot be read
 */
export function readDatabase(file: string): DatabasePort {
  const Constructor = loadSqlite();
  try {
    const sqlite = new Constructor(file, { readonly: true, fileMustExist: true, timeout: PATIENCE_MS });
    try {
      sqlite.exec('BEGIN');
      // the first reading is what the transaction sees from then on
      sqlite.prepare('SELECT count(*) FROM sqlite_schema').get();
      return new Database(sqlite, { file, migrations: [], log: silentLog }, { readOnlyBecause: 'it is only read' });
    } catch (error) {
      sqlite.close();
      throw error;
    }
  } catch (cause) {
    const message = `the database ${file} cannot be read: ${diskTrouble(file, cause)}`;
    throw new EdgeError('E_OUTPUT', message, { context: { file }, cause });
  }
}
