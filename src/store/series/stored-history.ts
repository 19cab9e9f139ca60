import type { Log } from '../../foundation/log.js';
import { readDatabase } from '../read-database.js';
import { OpenBlocks } from './open-blocks.js';
import { recoverJournal } from './recover.js';
import { SeriesCatalog } from './series-catalog.js';
import { SeriesReader } from './series-reader.js';
import { SeriesTables } from './series-tables.js';

/** What `history.db` has of the metrics now; of the running program all but the minute that goes on. */
export interface StoredHistory {
  /** null where the file has no series: an earlier version of the program made it, and none has run since. */
  readonly reader: SeriesReader | null;
  close(): void;
}

/**
 * Opens a `history.db` to read it, beside the running program or without it.
 *
 * @param now Unix ms
 * @throws EdgeError E_OUTPUT where the file cannot be read
 */
export function openStoredHistory(file: string, { now, log }: { now: number; log: Log }): StoredHistory {
  const database = readDatabase(file);
  const close = () => database.close();
  const has = database.prepare("SELECT 1 FROM pragma_table_info('series_journal') WHERE name = 'block_ms'").get();
  if (has === undefined) return { reader: null, close };
  const tables = new SeriesTables(database);
  const catalog = new SeriesCatalog();
  const blocks = new OpenBlocks();
  catalog.adopt(tables.catalog());
  recoverJournal({ tables, catalog, blocks, now, log, onResume: () => undefined });
  return { reader: new SeriesReader({ read: (work) => work(tables), catalog, blocks, now: () => now, log }), close };
}
