import { explain } from '../../../foundation/errors.js';
import { mean } from '../../../foundation/statistics.js';
import type { PostgresConnection, PostgresRow } from '../server/postgres-connection.js';
import { explained, type PostgresPlan } from '../server/postgres-plan.js';
import type { PostgresStatementUse } from './postgres-statement-use.js';

/** A statement as it can be run: with values, and with what is known of it. */
export interface RunnableStatement {
  readonly sql: string;
  readonly count: number;
  readonly use: PostgresStatementUse;
  /** With values in the place of parameters; each as likely as the others. */
  readonly texts: readonly string[];
}

/** What a statement took, as often as the workload says it comes. */
export interface MeasuredStatement extends RunnableStatement {
  /** Of one run, the mean of its texts. */
  readonly meanMs: number;
  readonly slowestMs: number;
  /** Rows of one run. */
  readonly rows: number;
  /** Of each text. */
  readonly plans: readonly PostgresPlan[];
}

/** What became of a workload that was run. */
export interface MeasuredWorkload {
  readonly statements: readonly MeasuredStatement[];
  readonly failed: readonly { readonly sql: string; readonly why: string }[];
}

/** Runs of a text, of which the best counts: the first one reads the pages that the others find in memory. */
const RUNS = 3;

/**
 * Runs what a workload reads by `EXPLAIN ANALYZE`, in transactions that cannot write. What changes or locks rows is left out, and so is what calls
 * a function that may do anything: nobody's sessions are ended because somebody once asked for that.
 *
 * @param connection may be one that writes: each run is read only all the same
 */
export async function runPostgresWorkload(
  connection: PostgresConnection,
  workload: readonly RunnableStatement[],
): Promise<MeasuredWorkload> {
  const volatile = await volatileFunctions(connection, workload);
  const statements: MeasuredStatement[] = [];
  const failed: { sql: string; why: string }[] = [];
  for (const statement of workload) {
    if (!statement.use.readsOnly) continue;
    const called = [...statement.use.functions].find((name) => volatile.has(name));
    if (called !== undefined) {
      failed.push({ sql: statement.sql, why: `it calls ${called}(), which may change something: it is not run` });
      continue;
    }
    try {
      statements.push(await measured(connection, statement));
    } catch (error) {
      failed.push({ sql: statement.sql, why: explain(error) });
    }
  }
  return { statements, failed };
}

async function measured(connection: PostgresConnection, statement: RunnableStatement): Promise<MeasuredStatement> {
  const plans: PostgresPlan[] = [];
  for (const text of statement.texts) plans.push(await fastest(connection, text));
  const times = plans.map(({ ms }) => ms ?? 0);
  return {
    ...statement,
    meanMs: mean(times) ?? 0,
    slowestMs: Math.max(0, ...times),
    rows: mean(plans.map(({ root }) => root['Actual Rows'] ?? 0)) ?? 0,
    plans,
  };
}

async function fastest(connection: PostgresConnection, text: string): Promise<PostgresPlan> {
  await connection.run('BEGIN READ ONLY');
  try {
    let best: PostgresPlan | null = null;
    for (let run = 0; run < RUNS; run += 1) {
      // without the clock of each step, which costs more than many a step
      const plan = await explained(connection, text, ', ANALYZE, TIMING OFF');
      if (best === null || plan.ms! < best.ms!) best = plan;
      // seconds are not measured better by more of them
      if (plan.ms! > 1000) break;
    }
    return best!;
  } finally {
    await connection.run('ROLLBACK');
  }
}

async function volatileFunctions(
  connection: PostgresConnection,
  workload: readonly RunnableStatement[],
): Promise<ReadonlySet<string>> {
  const names = [...new Set(workload.flatMap(({ use }) => [...use.functions]))];
  if (names.length === 0) return new Set();
  const rows = await connection.rows<PostgresRow & { name: string }>(
    "SELECT DISTINCT proname AS name FROM pg_proc WHERE provolatile = 'v' AND proname = ANY ($1::text[])",
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}
