import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STORE_MIGRATIONS } from '../../diagnose/known-schemas.js';
import { silentLog } from '../../foundation/log.js';
import { PRIVATE_FILE } from '../../foundation/private-files.js';
import { openDatabase } from '../../store/database.js';
import { copyDatabase, integrityOf } from '../../store/database-report.js';
import { problemOf, type StoredDatabase } from './folder.js';

/**
 * Whether this version of the program can bring a database to its own form, tried on a copy; a running program goes on.
 *
 * @param folder where the copy may lie meanwhile: on the same disk, since that has room for databases
 * @returns what goes wrong, a line each; empty where nothing does
 */
export function rehearseMigration({ name, file }: StoredDatabase, folder: string): readonly string[] {
  const migrations = STORE_MIGRATIONS[name];
  if (migrations === undefined) return [];
  let workshop: string | null = null;
  try {
    workshop = mkdtempSync(join(folder, '.rehearsal-'));
    const copy = join(workshop, name);
    writeFileSync(copy, '', { mode: PRIVATE_FILE });
    copyDatabase(file, copy);
    const database = openDatabase({ file: copy, migrations, log: silentLog });
    database.close();
    if (database.setAside !== null) return ['it would be set aside as damaged'];
    return integrityOf(copy);
  } catch (error) {
    return [problemOf(file, error)];
  } finally {
    if (workshop !== null) rmSync(workshop, { recursive: true, force: true });
  }
}
