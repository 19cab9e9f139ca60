import type { Advice } from '../advisor/advice.js';
import type { DatabaseHealth } from '../health/health.js';
import type { HealthTrend } from '../health/trend.js';
import type { QueryStatistics } from '../monitor/query-record.js';
import type { QuerySmell } from '../monitor/query-smells.js';

/** How large a table is; sizes in bytes. */
export interface TableSize {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

/** A query with what is wrong with it. */
export interface ReportedQuery extends QueryStatistics {
  readonly smells: readonly QuerySmell[];
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
}
