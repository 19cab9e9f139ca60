/** The schema of the cache's database, one step per version; whoever opens it applies them. Only ever appended to. */
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
