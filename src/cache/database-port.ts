/** What the disk tier needs of a prepared statement; better-sqlite3's, for one. Parameters are strings, numbers, null, bytes. */
export interface CacheStatement {
  run(...parameters: unknown[]): unknown;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
}

/** An open SQLite database, handed in with `CACHE_MIGRATIONS` applied. Its errors carry SQLite's `code`. */
export interface CacheDatabase {
  /** True where nothing can be written: the tier then only reads. */
  readonly readOnly: boolean;
  /** Where a corrupt predecessor was moved to while opening, if there was one. */
  readonly setAside: string | null;
  prepare(sql: string): CacheStatement;
  /** All of `work` or nothing. `durable`: on the medium when it returns, not only with the operating system. */
  transaction(work: () => void, durable?: boolean): void;
  close(): void;
}

/** The schema, one step per version; whoever opens the database applies them. */
export const CACHE_MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (
     key TEXT PRIMARY KEY,
     value BLOB NOT NULL,
     format INTEGER NOT NULL,
     checksum INTEGER NOT NULL, -- crc32 of the head (key, tags, times) and the value
     bytes INTEGER NOT NULL,
     stamp INTEGER NOT NULL,
     created_at INTEGER NOT NULL, -- Unix ms, as all times here
     expires_at INTEGER, -- NULL: never
     grace_until INTEGER,
     used_at INTEGER NOT NULL,
     tags TEXT NOT NULL -- a JSON array, or empty
   ) STRICT;
   CREATE INDEX entries_by_use ON entries (used_at);
   CREATE INDEX entries_by_end ON entries (grace_until) WHERE grace_until IS NOT NULL;
   CREATE TABLE tag_times (tag TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
];
