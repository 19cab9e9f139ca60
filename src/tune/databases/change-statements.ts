import { quotedName } from '../../foundation/sql-quotes.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { DatabaseChange } from './database-change.js';

/** Rows of an index that are looked at for the planner: what that takes does not depend on the table's size. */
const ANALYSIS_LIMIT = 1000;

/** The statements that make a change; none of a setting. */
export function doing({ action }: DatabaseChange): string[] {
  switch (action.kind) {
    case 'create':
      return [action.sql, `ANALYZE ${quotedName(action.name)}`];
    case 'drop':
      return [action.sql];
    case 'statistics':
      return [`PRAGMA analysis_limit = ${ANALYSIS_LIMIT}`, action.sql];
    case 'setting':
      return [];
  }
}

/** The statements that bring back what is there now; they may be run twice. */
export function undoing({ action, database }: DatabaseChange): string[] {
  const connection = database.connection!;
  switch (action.kind) {
    case 'create':
      return [`DROP INDEX IF EXISTS ${quotedName(action.name)}`, ...statisticsOf(connection)];
    case 'drop': {
      const sql = connection.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?").pluck();
      const made = String(sql.get(action.name)).replace(
        /^CREATE INDEX (IF NOT EXISTS )?/i,
        'CREATE INDEX IF NOT EXISTS ',
      );
      return [made, ...statisticsOf(connection)];
    }
    case 'statistics':
      return statisticsOf(connection);
    case 'setting':
      return [];
  }
}

/** Statements that make the planner's statistics what they are now. */
function statisticsOf(connection: SqliteConnection): string[] {
  const names = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4')")
    .pluck()
    .all() as string[];
  // a table of that name cannot be made but by ANALYZE
  return ['sqlite_stat1', 'sqlite_stat4'].flatMap((name) =>
    names.includes(name) ? [`DELETE FROM ${name}`, ...rowsOf(connection, name)] : [`DROP TABLE IF EXISTS ${name}`],
  );
}

function rowsOf(connection: SqliteConnection, table: string): string[] {
  const columns = connection.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
  const values = columns.map((column) => `quote(${quotedName(column)})`).join(` || ', ' || `);
  return (connection.prepare(`SELECT ${values} FROM ${table}`).pluck().all() as string[]).map(
    (row) => `INSERT INTO ${table} VALUES (${row})`,
  );
}
