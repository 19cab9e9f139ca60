import { join } from 'node:path';
import { CACHE_MIGRATIONS } from '../cache/migrations.js';
import type { Config } from '../config/config.js';
import type { QueryStatistics } from '../database/monitor/query-record.js';
import { WatchedDatabase } from '../database/sqlite/watched-database.js';
import type { HttpRoute } from '../foundation/http-route.js';
import type { Part } from '../foundation/part.js';
import { json } from '../http/server.js';
import { indexesOfSchema } from '../store/lost-indexes.js';
import { HISTORY_MIGRATIONS } from '../store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../store/outbox-table.js';

/** What one of the databases is asked, as HTTP tells it: values are `?`, and of the slowest call only the kinds of its values are told. */
export interface AskedDatabase {
  readonly name: string;
  readonly file: string;
  /** Whether queries are counted: `optimization.database`. */
  readonly isCounted: boolean;
  /** Since the program started, that of most time first. */
  readonly queries: readonly QueryStatistics[];
}

/** The program's own databases in `store.dir`, seen from what is asked of them. */
export class DeviceDatabases implements Part {
  readonly name = 'databases';
  readonly essential = false;
  readonly routes: readonly HttpRoute[] = [{ path: '/api/databases', handle: () => json({ databases: this.asked() }) }];
  readonly history: WatchedDatabase;
  readonly outbox: WatchedDatabase;
  readonly cache: WatchedDatabase;

  constructor({ store }: Pick<Config, 'store'>) {
    this.history = watched(store.dir, 'history.db', HISTORY_MIGRATIONS);
    this.outbox = watched(store.dir, 'outbox.db', OUTBOX_MIGRATIONS);
    this.cache = watched(store.dir, 'cache.db', CACHE_MIGRATIONS);
  }

  start(): void {
    // whoever has a file opens it, and the strategy has its queries counted
  }

  stop(): void {
    for (const { monitor } of this.all) monitor.isPaused = true;
  }

  get all(): readonly WatchedDatabase[] {
    return [this.history, this.outbox, this.cache];
  }

  /** What each is asked. */
  asked(): AskedDatabase[] {
    return this.all.map(({ name, file, monitor }) => ({
      name,
      file,
      isCounted: !monitor.isPaused,
      queries: monitor.statistics(),
    }));
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
