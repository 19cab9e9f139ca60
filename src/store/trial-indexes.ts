import { quotedName } from '../foundation/sql-quotes.js';
import type { SqliteConnection } from './sqlite.js';

/**
 * How the names of indexes begin that the optimization makes by itself. No step of a schema makes one of that name, and whatever finds one
 * may drop it: nothing but time is lost.
 */
export const TRIAL_INDEX_PREFIX = 'edge_auto_';

/** Names of the indexes that the optimization made. */
export function trialIndexes(sqlite: Pick<SqliteConnection, 'prepare'>): string[] {
  return sqlite
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND substr(name, 1, ?) = ? ORDER BY name")
    .pluck()
    .all(TRIAL_INDEX_PREFIX.length, TRIAL_INDEX_PREFIX) as string[];
}

/** Before a new step of the schema: it knows nothing of them. */
export function dropTrialIndexes(sqlite: Pick<SqliteConnection, 'prepare' | 'exec'>): void {
  for (const name of trialIndexes(sqlite)) sqlite.exec(`DROP INDEX ${quotedName(name)}`);
}
