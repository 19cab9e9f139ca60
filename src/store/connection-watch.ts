import type { SqliteConnection } from './sqlite.js';

/** Sees the connection of a database from its opening to its end, and what is asked through it. */
export interface ConnectionWatch {
  /** @returns what statements are prepared with: the connection itself, or a view of it */
  opened(connection: SqliteConnection): SqliteConnection;
  /** It is about to be closed. */
  closed(connection: SqliteConnection): void;
}
