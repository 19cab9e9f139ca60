import { CACHE_MIGRATIONS } from '../cache/migrations.js';
import { HISTORY_MIGRATIONS, PROFILE_MIGRATIONS } from '../store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../store/outbox-table.js';

/** How this version of the program makes each database of `store.dir` what it needs: steps of SQL. */
export const STORE_MIGRATIONS: Readonly<Record<string, readonly string[]>> = {
  'cache.db': CACHE_MIGRATIONS,
  'history.db': HISTORY_MIGRATIONS,
  'outbox.db': OUTBOX_MIGRATIONS,
  'profiles.db': PROFILE_MIGRATIONS,
};

/** Steps that this version of the program knows of each schema. */
export const KNOWN_SCHEMAS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(STORE_MIGRATIONS).map(([name, steps]) => [name, steps.length]),
);
