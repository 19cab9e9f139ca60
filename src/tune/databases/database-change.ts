import type { IndexToDrop } from '../../database/advisor/advice.js';
import { candidateName, createStatement } from '../../database/advisor/candidates.js';
import type { ThreadAdvice } from '../../database/sqlite/in-thread.js';
import type { ConnectionSetting, WatchedDatabase } from '../../database/sqlite/watched-database.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import { TRIAL_INDEX_PREFIX } from '../../store/trial-indexes.js';
import type { ProposedChange } from '../optimization-strategy.js';

/** How far the strategy may go. */
export interface DatabaseBounds {
  /** Bytes of one index. */
  readonly mostIndexBytes: number;
  /** Bytes of a connection's page cache. */
  readonly mostCacheBytes: number;
  /** Bytes of a file that are mapped into memory; 0: none, as an error of the medium ends the process then. */
  readonly mostMmapBytes: number;
}

/** A change of one database. */
export interface DatabaseChange extends Omit<ProposedChange, 'windowMs'> {
  readonly database: WatchedDatabase;
  /** By whose time it is judged, by fingerprint; null: all of the database. */
  readonly queries: ReadonlySet<string> | null;
  readonly action: Action;
}

type Action =
  | { readonly kind: 'create' | 'drop'; readonly name: string; readonly sql: string }
  | { readonly kind: 'statistics'; readonly sql: string }
  | { readonly kind: 'setting'; readonly setting: ConnectionSetting; readonly value: number };

/** Share of the time of the queries concerned that an index has to save, or anything else. */
const LEAST_OF_INDEX = 0.1;
const LEAST_EFFECT = 0.05;
/** Of the memory that is left, a larger page cache takes a part at most. */
const SHARE_OF_FREE = 0.1;
const KIBIBYTE = 2 ** 10;

/** Statistics for the planner: it has none, or tables have changed much since; null where neither. */
export function statisticsChange(database: WatchedDatabase): DatabaseChange | null {
  const connection = database.connection!;
  const isMissing = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() === undefined;
  const due = isMissing ? [] : dueTables(connection);
  const tables = connection.prepare(TABLES).pluck().get() as number;
  if (tables === 0 || (!isMissing && due.length === 0)) return null;
  return {
    ...common(database, isMissing ? 'ANALYZE' : 'PRAGMA optimize', isMissing ? 'no statistics' : 'older statistics'),
    reason: isMissing
      ? `the planner knows nothing of the rows of ${tables} tables`
      : `${due.length} of ${tables} tables have changed much since the planner was told of them`,
    queries: null,
    action: { kind: 'statistics', sql: isMissing ? 'ANALYZE' : 'PRAGMA optimize(0x10002)' },
  };
}

/** Tables of which the planner has been told too little; of an empty one there is nothing to tell. */
function dueTables(connection: SqliteConnection): string[] {
  const steps = connection.pragma(OPTIMIZE_DEBUG) as { readonly optimize: string }[];
  return steps.flatMap(({ optimize }) => {
    const table = /^ANALYZE "main"\.("(?:[^"]|"")*")$/.exec(optimize)?.[1];
    return table !== undefined && connection.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined
      ? [table]
      : [];
  });
}

/** All tables, not only those that this connection has asked; only tell. */
const OPTIMIZE_DEBUG = 'optimize(0x10003)';
const TABLES = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/** The indexes of an advice, the most useful first, which are small enough and are not there. */
export function createChanges(
  database: WatchedDatabase,
  { advice, writers }: ThreadAdvice,
  { mostIndexBytes }: DatabaseBounds,
): DatabaseChange[] {
  return advice.create.flatMap(({ candidate, bytes, savesMs, statements }) => {
    const name = `${TRIAL_INDEX_PREFIX}${candidateName(candidate)}`;
    if (bytes > mostIndexBytes || hasIndex(database, name) || !hasTable(database, candidate.table)) return [];
    const sql = createStatement(candidate, name);
    const concerned = [...statements.map((statement) => statement.sql), ...(writers.get(candidate.table) ?? [])];
    return [
      {
        ...common(database, sql, 'without it'),
        reason: `on a copy it saved ${savesMs.toFixed(1)} of ${advice.beforeMs.toFixed(1)} ms of what was asked, and took ${mebibytes(bytes)}`,
        leastEffect: LEAST_OF_INDEX,
        mustPay: true,
        queries: new Set(concerned.map((statement) => database.monitor.recordOf(statement).fingerprint.id)),
        action: { kind: 'create', name, sql },
      },
    ];
  });
}

/** Indexes that the database can do without, but for those that have to stay. */
export function dropChanges(database: WatchedDatabase, drop: readonly IndexToDrop[]): DatabaseChange[] {
  return drop.flatMap(({ name, why, instead, bytes }) => {
    if (!hasIndex(database, name) || (database.keepsIndex(name) && !name.startsWith(TRIAL_INDEX_PREFIX))) return [];
    const sql = `DROP INDEX ${quotedName(name)}`;
    const reason = why === 'unused' ? 'no query is planned with it' : `${instead} does its work`;
    return [
      {
        ...common(database, sql, 'with it'),
        reason: `${reason}, and it takes ${mebibytes(bytes)}`,
        queries: null,
        action: { kind: 'drop', name, sql },
      },
    ];
  });
}

/** A page cache of twice the size, where the file is larger than it; null where that may not be. */
export function pageCacheChange(
  database: WatchedDatabase,
  { mostCacheBytes }: DatabaseBounds,
  freeBytes: number | null,
): DatabaseChange | null {
  const [fileBytes, pageBytes] = sizeOf(database);
  const setting = database.setting('cache_size');
  // SQLite says KiB as a negative number, and pages as a positive one
  const bytes = setting < 0 ? -setting * KIBIBYTE : setting * pageBytes;
  const wanted = Math.min(bytes * 2, mostCacheBytes);
  if (fileBytes <= bytes || wanted <= bytes || (freeBytes !== null && wanted - bytes > freeBytes * SHARE_OF_FREE)) {
    return null;
  }
  return settingChange(database, 'cache_size', setting, -Math.round(wanted / KIBIBYTE), {
    reason: `the file has ${mebibytes(fileBytes)}, and ${mebibytes(bytes)} of it are kept in memory at most`,
  });
}

/** The whole file mapped into memory, where it is not and may be. */
export function mmapChange(database: WatchedDatabase, { mostMmapBytes }: DatabaseBounds): DatabaseChange | null {
  const [fileBytes] = sizeOf(database);
  const setting = database.setting('mmap_size');
  if (setting >= fileBytes || fileBytes > mostMmapBytes) return null;
  return settingChange(database, 'mmap_size', setting, mostMmapBytes, {
    reason: `the file has ${mebibytes(fileBytes)}, and each page that is not in memory is copied once more than it need be`,
  });
}

function settingChange(
  database: WatchedDatabase,
  setting: ConnectionSetting,
  from: number,
  value: number,
  { reason }: { readonly reason: string },
): DatabaseChange {
  return {
    ...common(database, `PRAGMA ${setting} = ${value}`, String(from)),
    reason,
    mustPay: true,
    queries: null,
    action: { kind: 'setting', setting, value },
  };
}

function common(database: WatchedDatabase, sql: string, from: string) {
  const { name } = database;
  return { knobs: [], from: `${name}: ${from}`, to: `${name}: ${sql}`, leastEffect: LEAST_EFFECT, database };
}

/** Bytes of the file, and of a page. */
function sizeOf(database: WatchedDatabase): readonly [number, number] {
  const pragma = (name: string) => database.connection!.pragma(name, { simple: true }) as number;
  const pageBytes = pragma('page_size');
  return [pragma('page_count') * pageBytes, pageBytes];
}

const isThere = (database: WatchedDatabase, type: string, name: string): boolean =>
  database.connection!.prepare('SELECT 1 FROM sqlite_schema WHERE type = ? AND name = ?').get(type, name) !== undefined;
const hasIndex = (database: WatchedDatabase, name: string): boolean => isThere(database, 'index', name);
const hasTable = (database: WatchedDatabase, name: string): boolean => isThere(database, 'table', name);
