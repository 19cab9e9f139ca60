import type { DatabasePort } from './database-port.js';

/** Bytes that each of the tables takes in the file, with its indexes; reads all of them. */
export function bytesOfTables(database: Pick<DatabasePort, 'prepare'>, tables: readonly string[]): Map<string, number> {
  const sizes = database.prepare(
    `SELECT coalesce(sum(pgsize), 0) AS bytes FROM dbstat
     WHERE aggregate = TRUE AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?)`,
  );
  return new Map(tables.map((table) => [table, (sizes.get(table) as { bytes: number }).bytes]));
}
