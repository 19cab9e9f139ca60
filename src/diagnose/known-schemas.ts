import { CACHE_MIGRATIONS } from '../cache/migrations.js';
import { HISTORY_MIGRATIONS, PROFILE_MIGRATIONS } from '../store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../store/outbox-table.js';

/** Steps that this version of the program knows of the schema of each database. */
export const KNOWN_SCHEMAS: Readonly<Record<string, number>> = {
  'cache.db': CACHE_MIGRATIONS.length,
  'history.db': HISTORY_MIGRATIONS.length,
  'outbox.db': OUTBOX_MIGRATIONS.length,
  'profiles.db': PROFILE_MIGRATIONS.length,
};
