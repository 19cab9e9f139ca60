import { join } from 'node:path';
import { CACHE_MIGRATIONS } from '../cache/migrations.js';
import type { Config } from '../config/config.js';
import { WatchedDatabase } from '../database/sqlite/watched-database.js';
import { indexesOfSchema } from '../store/lost-indexes.js';
import { HISTORY_MIGRATIONS } from '../store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../store/outbox-table.js';

/** The program's own databases in `store.dir`, seen from what is asked of them. */
export class DeviceDatabases {
  readonly history: WatchedDatabase;
  readonly outbox: WatchedDatabase;
  readonly cache: WatchedDatabase;

  constructor({ store }: Pick<Config, 'store'>) {
    this.history = watched(store.dir, 'history.db', HISTORY_MIGRATIONS);
    this.outbox = watched(store.dir, 'outbox.db', OUTBOX_MIGRATIONS);
    this.cache = watched(store.dir, 'cache.db', CACHE_MIGRATIONS);
  }

  get all(): readonly WatchedDatabase[] {
    return [this.history, this.outbox, this.cache];
  }
}

function watched(folder: string, name: string, migrations: readonly string[]): WatchedDatabase {
  let ofSchema: ReadonlySet<string> | null = null;
  return new WatchedDatabase({
    name,
    file: join(folder, name),
    keepsIndex: (index) => {
      ofSchema ??= new Set(indexesOfSchema(migrations).map((made) => made.name));
      return ofSchema.has(index);
    },
  });
}
