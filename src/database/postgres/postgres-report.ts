import { sum } from '../../foundation/statistics.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { DEFAULT_BASELINES, databaseHealth, type HealthBaselines } from '../health/health.js';
import type { DatabasePerformance, ReportedQuery } from '../report/database-report.js';
import { queryFingerprint } from '../sql/query-fingerprint.js';
import { type PostgresDatabase, withPostgres } from './postgres-database.js';
import { POSTGRES_REMEDIES, postgresReadings } from './server/postgres-health.js';
import { genericPlan, type PostgresPlan, planLines } from './server/postgres-plan.js';
import { readServer } from './server/server-report.js';
import { postgresSmells } from './statements/postgres-smells.js';
import { readStatements } from './statements/postgres-workload.js';
import { runPostgresWorkload } from './statements/run-postgres-workload.js';
import { readServerStatements, type ServerStatement } from './statements/server-statements.js';

/** What a report on a server is made of. */
export interface PostgresReportOptions {
  /** None: what the server counted itself, by pg_stat_statements. */
  readonly workload?: readonly WorkloadStatement[];
  /** Those that are not the usual ones. */
  readonly baselines?: Partial<HealthBaselines>;
}

/** Queries that are planned, those of most time first. */
const PLANNED = 50;

interface ReportedWorkload {
  readonly queries: readonly ReportedQuery[];
  readonly failed: readonly { readonly sql: string; readonly why: string }[];
  readonly notes: readonly string[];
  /** Null where nobody counted. */
  readonly averageMs: number | null;
  readonly slowShare: number | null;
  /** Of the calls whose plan is known, those that read no large table whole. */
  readonly indexHitRatio: number | null;
}

/**
 * Health, tables and queries of a database of PostgreSQL, in transactions that only read. With a workload it is run, as far as it only reads too.
 *
 * @param target `postgres://user@host:5432/dbname`
 * @throws ConfigError for a wrong address or missing packages, EdgeError E_OUTPUT where the server cannot be reached
 */
export function postgresReport(target: string, options: PostgresReportOptions = {}): Promise<DatabasePerformance> {
  return withPostgres(target, { applicationName: 'edge-optimizer db report' }, (database) =>
    connectedReport(database, options),
  );
}

/** As `postgresReport`, of a database that is connected with already. */
async function connectedReport(
  database: PostgresDatabase,
  { workload, baselines: said }: PostgresReportOptions = {},
): Promise<DatabasePerformance> {
  const baselines = { ...DEFAULT_BASELINES, ...said };
  const { connection, catalog } = database;
  const server = await readServer(connection, catalog);
  const asked =
    workload === undefined
      ? await countedQueries(database, baselines)
      : await ranQueries(database, workload, baselines);
  const readings = await postgresReadings(connection, server, asked);
  return {
    database: connection.address.shown,
    kind: 'postgres',
    at: new Date().toISOString(),
    bytes: server.database.bytes,
    health: databaseHealth(readings, baselines, POSTGRES_REMEDIES),
    tables: server.tables,
    queries: asked.queries,
    failed: asked.failed,
    advice: null,
    trend: null,
    server: server.report,
    notes: [...server.notes, ...asked.notes],
  };
}

async function countedQueries(database: PostgresDatabase, { slowQueryMs }: HealthBaselines): Promise<ReportedWorkload> {
  const { connection, catalog, grammar } = database;
  const { statements, notes } = await readServerStatements(connection, catalog, grammar);
  if (statements === null || statements.length === 0)
    return { queries: [], failed: [], notes, averageMs: null, slowShare: null, indexHitRatio: null };
  const totalMs = sum(statements.map((statement) => statement.totalMs));
  const calls = sum(statements.map((statement) => statement.calls));
  const queries: ReportedQuery[] = [];
  for (const [at, statement] of statements.entries()) {
    const plan = at < PLANNED ? await planOrNone(database, statement) : null;
    const { id, text } = queryFingerprint(statement.sql);
    queries.push({
      id,
      text,
      calls: statement.calls,
      errors: null,
      locked: null,
      totalMs: statement.totalMs,
      meanMs: statement.totalMs / Math.max(1, statement.calls),
      p95Ms: null,
      share: totalMs === 0 ? 0 : statement.totalMs / totalMs,
      rows: statement.rows,
      slow: slowCalls(statement, slowQueryMs),
      bursts: null,
      slowest: null,
      plan: plan === null ? null : planLines(plan),
      smells: postgresSmells({ ...statement, plan: plan?.root ?? null }, catalog, grammar),
    });
  }
  const slow = sum(queries.map((query) => query.slow ?? 0));
  return {
    queries,
    failed: [],
    notes,
    averageMs: totalMs / calls,
    slowShare: slow / calls,
    indexHitRatio: indexHits(queries),
  };
}

/** The server counts mean and longest alone: all are slow where the mean is, none where the longest is not, at least one otherwise. */
const slowCalls = ({ totalMs, calls, slowestMs }: ServerStatement, slowMs: number): number =>
  totalMs / Math.max(1, calls) >= slowMs ? calls : slowestMs >= slowMs ? 1 : 0;

async function planOrNone(database: PostgresDatabase, { sql, use }: ServerStatement): Promise<PostgresPlan | null> {
  if (use === null) return null;
  const { connection } = database;
  try {
    return await genericPlan(connection, sql, use.parameters.length);
  } catch {
    // as it was counted no server takes it: INTERVAL $1
    const { statements } = await readStatements(database, [{ sql, count: 1 }]);
    const text = statements[0]?.texts[0];
    return text === undefined ? null : genericPlan(connection, text, 0).catch(() => null);
  }
}

async function ranQueries(
  database: PostgresDatabase,
  workload: readonly WorkloadStatement[],
  { slowQueryMs }: HealthBaselines,
): Promise<ReportedWorkload> {
  const { connection, catalog, grammar } = database;
  const read = await readStatements(database, workload);
  const { statements, failed } = await runPostgresWorkload(connection, read.statements);
  const totalMs = sum(statements.map(({ meanMs, count }) => meanMs * count));
  const calls = sum(statements.map(({ count }) => count));
  const queries = statements.map(({ sql, use, count, meanMs, slowestMs, rows, plans }): ReportedQuery => {
    const { id, text } = queryFingerprint(sql);
    return {
      id,
      text,
      calls: count,
      errors: null,
      locked: null,
      totalMs: meanMs * count,
      meanMs,
      p95Ms: null,
      share: totalMs === 0 ? 0 : (meanMs * count) / totalMs,
      rows: rows * count,
      slow: slowestMs >= slowQueryMs ? count : 0,
      bursts: null,
      slowest: null,
      plan: planLines(plans[0]!),
      smells: postgresSmells(
        { sql, use, calls: count, rows: rows * count, temporaryPages: 0, plan: plans[0]!.root },
        catalog,
        grammar,
      ),
    };
  });
  return {
    queries: queries.sort((a, b) => b.totalMs - a.totalMs),
    failed: [...read.unread, ...failed],
    notes: [],
    averageMs: calls === 0 ? null : totalMs / calls,
    slowShare: calls === 0 ? null : sum(queries.map(({ slow }) => slow ?? 0)) / calls,
    indexHitRatio: indexHits(queries),
  };
}

function indexHits(queries: readonly ReportedQuery[]): number | null {
  const planned = queries.filter(({ plan }) => plan?.some((step) => /\bon \S/.test(step)));
  const calls = sum(planned.map((query) => query.calls));
  const found = planned.filter(({ smells }) => smells.every(({ code }) => code !== 'full-scan'));
  return calls === 0 ? null : sum(found.map((query) => query.calls)) / calls;
}
