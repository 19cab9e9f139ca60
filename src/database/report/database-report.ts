import type { Advice } from '../advisor/advice.js';
import type { DatabaseHealth } from '../health/health.js';
import type { HealthTrend } from '../health/trend.js';
import type { QueryStatistics } from '../monitor/query-record.js';
import type { QuerySmell } from '../monitor/query-smell.js';

/** How large a table is; sizes in bytes. */
export interface TableSize {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

/** What a server's own account may not tell of a query. */
type UntoldOfQuery = 'errors' | 'locked' | 'p95Ms' | 'slow' | 'bursts';

/** A query with what is wrong with it; null where nobody counted. */
export interface ReportedQuery
  extends Omit<QueryStatistics, UntoldOfQuery>,
    Readonly<Record<UntoldOfQuery, number | null>> {
  readonly smells: readonly QuerySmell[];
}

/** A session that waits for somebody's lock. */
export interface LockWait {
  readonly pid: number;
  /** Since its statement began. */
  readonly ms: number;
  /** The statement with `?` for its values. */
  readonly text: string;
  /** What it waits for: `AccessExclusiveLock on fine`. */
  readonly lock: string;
  readonly blockedBy: readonly number[];
}

/** Rows of a table that are dead and not yet given back. */
export interface TableUpkeep {
  readonly table: string;
  readonly deadRows: number;
  /** Of all its rows, 0..1. */
  readonly deadShare: number;
  /** ISO 8601, by hand or by itself; null where never. */
  readonly lastVacuum: string | null;
  readonly lastAnalyze: string | null;
}

/** An index that costs more than it does: a build of it was cut off, another does its work, or nobody ever read it. */
export interface IdleIndex {
  readonly sql: string;
  readonly name: string;
  readonly table: string;
  readonly why: 'invalid' | 'redundant' | 'unused';
  /** That which makes it redundant. */
  readonly instead: string | null;
  readonly bytes: number;
}

/** What a server tells of itself; counts are since its statistics began, null where it does not tell. */
export interface ServerReport {
  readonly version: string;
  /** Share of the pages that were in its memory, of tables and of indexes. */
  readonly tableCacheHitRatio: number | null;
  readonly indexCacheHitRatio: number | null;
  readonly deadlocks: number;
  /** Queries of a standby that were ended for what came from its primary. */
  readonly conflicts: number;
  readonly temporaryFiles: number;
  readonly temporaryBytes: number;
  readonly walBytes: number | null;
  /** The longest first. */
  readonly waits: readonly LockWait[];
  /** Of most dead rows first. */
  readonly upkeep: readonly TableUpkeep[];
  readonly idleIndexes: readonly IdleIndex[];
}

/** What is known of a database: its health, its size, what it is asked, and what would make it faster. */
export interface DatabasePerformance {
  /** As it was named, without a password. */
  readonly database: string;
  readonly kind: 'sqlite' | 'postgres';
  /** ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  readonly health: DatabaseHealth;
  readonly tables: readonly TableSize[];
  /** That of most time first. */
  readonly queries: readonly ReportedQuery[];
  /** Statements of the workload that could not be run, with why. */
  readonly failed: readonly { readonly sql: string; readonly why: string }[];
  /** Null where none was asked for. */
  readonly advice: Advice | null;
  /** Null where nothing is kept of the reports. */
  readonly trend: HealthTrend | null;
  /** Of a server of PostgreSQL; null of a file. */
  readonly server: ServerReport | null;
  /** What could not be found out, with how it can be. */
  readonly notes: readonly string[];
}
