import { quotedName } from '../../foundation/sql-quotes.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import type { Schema } from '../sql/schema.js';

/**
 * What a database is surely asked where nobody says what else: the rows that belong to a row of another table, for each foreign
 * key, which SQLite itself looks for whenever that other row is deleted; and its views.
 */
export function schemaWorkload(sqlite: SqliteConnection, schema: Schema): WorkloadStatement[] {
  const lookups = schema.tables.flatMap(({ name }) => {
    const rows = sqlite
      .prepare<[string], { id: number; from: string }>(
        'SELECT id, "from" FROM pragma_foreign_key_list(?) ORDER BY id, seq',
      )
      .all(name);
    const keys = [...new Set(rows.map(({ id }) => id))].map((key) => rows.filter(({ id }) => id === key));
    return keys.map(
      (key) =>
        `SELECT * FROM ${quotedName(name)} WHERE ${key.map(({ from }) => `${quotedName(from)} = ?`).join(' AND ')}`,
    );
  });
  const views = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").pluck().all() as string[];
  return [...new Set([...lookups, ...views.map((view) => `SELECT * FROM ${quotedName(view)}`)])].map((sql) => ({
    sql,
    count: 1,
  }));
}
