import { loadSqlite, type SqliteConnection } from './sqlite.js';

/** An index of a schema; of `lostIndexes`, one that a file has not. */
export interface SchemaIndex {
  readonly name: string;
  /** What makes it again. */
  readonly sql: string;
}

/**
 * Indexes that somebody, or a tool that copied tables only, has left out: everything is there, and is found by reading all of it.
 *
 * @param migrations steps that make the schema; nothing is missed in a file that has not taken all of them
 */
export function lostIndexes(
  sqlite: Pick<SqliteConnection, 'pragma' | 'prepare'>,
  migrations: readonly string[],
): SchemaIndex[] {
  if (sqlite.pragma('user_version', { simple: true }) !== migrations.length) return [];
  const there = new Set(indexesOf(sqlite).map(({ name }) => name));
  return indexesOfSchema(migrations).filter(({ name }) => !there.has(name));
}

/** The indexes that a schema has. @param migrations steps that make it */
export function indexesOfSchema(migrations: readonly string[]): SchemaIndex[] {
  const fresh = new (loadSqlite())(':memory:');
  try {
    for (const step of migrations) fresh.exec(step);
    return indexesOf(fresh);
  } finally {
    fresh.close();
  }
}

/** Those that somebody wrote down; SQLite keeps its own beside them. */
const indexesOf = (sqlite: Pick<SqliteConnection, 'prepare'>): SchemaIndex[] =>
  sqlite
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
    .all() as SchemaIndex[];
