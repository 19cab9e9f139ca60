/** What a program imports as `edge-inference-optimizer/database`: its own queries watched, any SQLite file and any server of PostgreSQL judged. Loading it opens nothing. */

import type { Advice } from './advisor/advice.js';
import { checkedWorkload, type WorkloadStatement } from './advisor/workload.js';
import { queryMonitor } from './monitor/default-query-monitor.js';
import type { QueryMonitor } from './monitor/query-monitor.js';
import type { QueryStatistics } from './monitor/query-record.js';
import type { QuerySmell } from './monitor/query-smell.js';
import { querySmells } from './monitor/query-smells.js';
import { advisePostgres } from './postgres/postgres-advise.js';
import { postgresReport } from './postgres/postgres-report.js';
import { isAddress } from './postgres/server/postgres-address.js';
import type { DatabasePerformance } from './report/database-report.js';
import type { Schema } from './sql/schema.js';
import { type AdviseOptions, adviseSqlite } from './sqlite/advise.js';
import { databaseFile } from './sqlite/open-database.js';
import { type SqliteReportOptions, sqliteReport } from './sqlite/sqlite-report.js';

export { type DatabaseHealth, DEFAULT_BASELINES, type HealthBaselines, type HealthPart } from './health/health.js';
export { type HealthMoment, type HealthTrend, healthTrend, keepMoment, momentOf, readMoments } from './health/trend.js';
export { monitored, monitorQuery, queryMonitor } from './monitor/default-query-monitor.js';
export { QueryMonitor, type QueryMonitorOptions } from './monitor/query-monitor.js';
export { readSchema } from './sqlite/read-schema.js';
export type {
  Advice,
  AdviseOptions,
  DatabasePerformance,
  QuerySmell,
  QueryStatistics,
  SqliteReportOptions,
  WorkloadStatement,
};

/** What was asked so far, that of most time first, and what is wrong with it. */
export interface QueryAnalysis {
  readonly queries: readonly QueryStatistics[];
  /** What often costs time, the query of most time first. */
  readonly performanceIssues: readonly (QuerySmell & { readonly query: QueryStatistics })[];
}

/** @param schema of `readSchema`; with it, functions around indexed columns and `SELECT *` of wide tables are seen too */
export function analyzeQueryPerformance(
  schema: Schema | null = null,
  monitor: Pick<QueryMonitor, 'statistics'> = queryMonitor,
): QueryAnalysis {
  const queries = monitor.statistics();
  return {
    queries,
    performanceIssues: queries.flatMap((query) => querySmells(query, schema).map((smell) => ({ ...smell, query }))),
  };
}

/**
 * Health from 0 to 100 with its parts, tables and queries of a SQLite file or of a database of PostgreSQL, which is only read.
 *
 * @param target a file, or `postgres://host:5432/dbname`
 * @param options without a workload: what the file alone tells, what the server has counted
 * @throws ConfigError where there is no such file, EdgeError E_OUTPUT where it cannot be read or reached, E_CONFIG where better-sqlite3, pg or libpg-query cannot be loaded
 */
export async function getPerformanceReport(
  target: string,
  options?: SqliteReportOptions,
): Promise<DatabasePerformance> {
  if (options?.workload !== undefined) checkedWorkload(options.workload);
  return isAddress(target) ? postgresReport(target, options) : sqliteReport(databaseFile(target), options);
}

/**
 * Which indexes would make a workload on a SQLite file faster, tried on a copy of it. Takes seconds to minutes, and the thread: call it in a worker.
 *
 * @throws ConfigError where there is no such file, EdgeError E_OUTPUT where it cannot be read, E_CONFIG where better-sqlite3 cannot be loaded
 */
export function adviseIndexes(file: string, workload: readonly WorkloadStatement[], options?: AdviseOptions): Advice {
  return adviseSqlite(databaseFile(file), checkedWorkload(workload), options);
}

/**
 * Which indexes would make a database of PostgreSQL faster, as its planner reckons. Its tables are only read.
 *
 * @param target `postgres://host:5432/dbname`
 * @param workload none: what the server has counted (pg_stat_statements), else what its foreign keys tell
 * @throws EdgeError E_OUTPUT where it cannot be reached or indexes cannot be tried, E_CONFIG where pg or libpg-query cannot be loaded
 */
export async function adviseServerIndexes(target: string, workload?: readonly WorkloadStatement[]): Promise<Advice> {
  return (await advisePostgres(target, { ...(workload && { workload: checkedWorkload(workload) }) })).advice;
}
