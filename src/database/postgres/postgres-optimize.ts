import { explain } from '../../foundation/errors.js';
import { sum } from '../../foundation/statistics.js';
import type { Advice, IndexToCreate } from '../advisor/advice.js';
import { type OptimizationStep, promisedShare, proposedStep, verdictOf } from '../advisor/optimization-step.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { type PostgresDatabase, withPostgres } from './postgres-database.js';
import { dropStatement } from './server/idle-indexes.js';
import { PostgresError } from './server/postgres-connection.js';
import { indexesIn } from './server/postgres-plan.js';
import { readServer, type TableCounters } from './server/server-report.js';
import { readStatements } from './statements/postgres-workload.js';
import {
  type MeasuredStatement,
  type RunnableStatement,
  runPostgresWorkload,
} from './statements/run-postgres-workload.js';

/** How a database of a server is made faster. */
export interface PostgresOptimizeOptions {
  /** Only say what would be done. */
  readonly dryRun?: boolean;
  readonly onStep?: (step: OptimizationStep) => void;
  /** Aborted: the build that goes on is cancelled, what is being tried is taken back, nothing else is begun. */
  readonly signal?: AbortSignal;
}

const INTERRUPTED = 'it was interrupted';
/** SQLSTATE of a statement that was cancelled. */
const CANCELLED = '57014';
/** Share of a table's rows that are dead from which on it is vacuumed, and how many at least. */
const DEAD_SHARE = 0.2;
const DEAD_ROWS = 1000;
/** ms: an index of a large table takes its time, and waits for transactions that began before it; nobody waits for it. */
const BUILDING_MS = 3_600_000;
const WAITING_MS = 60_000;

/**
 * Makes a database faster, beside whoever uses it: what a build that was cut off has left is dropped, statistics for the planner, dead rows; then the
 * indexes of the advice one by one (`CREATE INDEX CONCURRENTLY`), each a trial that is taken back where the workload's reading does not get
 * as much faster as promised. The workload is run by `EXPLAIN ANALYZE`, in transactions that cannot write.
 *
 * @param target `postgres://user@host:5432/dbname`
 * @throws ConfigError for a wrong address or missing packages, EdgeError E_OUTPUT where the server cannot be reached
 */
export function optimizePostgres(
  target: string,
  advice: Advice,
  workload: readonly WorkloadStatement[],
  { dryRun = false, onStep = () => undefined, signal }: PostgresOptimizeOptions = {},
): Promise<OptimizationStep[]> {
  return withPostgres(target, { applicationName: 'edge-optimizer db optimize', writes: !dryRun }, async (database) => {
    const steps: OptimizationStep[] = [];
    const tell = (step: OptimizationStep): void => {
      steps.push(step);
      onStep(step);
    };
    const cancel = (): void => void database.connection.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      for (const step of await housekeeping(database)) {
        if (signal?.aborted) break;
        tell(dryRun ? step : await performed(database, step));
      }
      const { statements } = await readStatements(database, workload);
      for (const index of advice.create) {
        if (signal?.aborted) break;
        const { sql, savesMs } = index;
        if (dryRun) tell(proposedStep(sql, `saves ${savesMs.toFixed(1)} ms of the workload, as ${advice.how}`));
        else tell(await triedIndex(database, index, statements, signal));
      }
      return steps;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  });
}

async function housekeeping({ connection, catalog }: PostgresDatabase): Promise<OptimizationStep[]> {
  const { counters } = await readServer(connection, catalog);
  const tables = counters.filter(({ name }) => catalog.table(name) !== null);
  const dead = tables.filter(isDead);
  return [
    ...catalog.indexes
      // one that keeps values unique still does
      .filter(({ valid, building, unique, constraint }) => !valid && !building && !unique && !constraint)
      .map((index) =>
        proposedStep(dropStatement(index), 'its build was cut off: it is INVALID, kept up and of no use'),
      ),
    ...dead.map(({ name, dead: rows }) =>
      proposedStep(`VACUUM (ANALYZE) ${catalog.sqlOf(name)}`, `${rows} rows of it are dead`),
    ),
    ...tables
      .filter((table) => !table.analyzed && table.rows > 0 && !isDead(table))
      .map(({ name }) =>
        proposedStep(`ANALYZE ${catalog.sqlOf(name)}`, 'the planner does not know how many rows there are'),
      ),
  ];
}

const isDead = ({ dead, rows }: TableCounters): boolean =>
  dead >= DEAD_ROWS && dead / Math.max(1, dead + rows) >= DEAD_SHARE;

async function performed(database: PostgresDatabase, step: OptimizationStep): Promise<OptimizationStep> {
  try {
    await unhurried(database, step.sql);
    return { ...step, outcome: 'done' };
  } catch (error) {
    return { ...step, outcome: 'failed', why: explain(error) };
  }
}

/** Runs what may take long and makes nobody wait. */
async function unhurried({ connection }: PostgresDatabase, sql: string): Promise<void> {
  await connection.run(`SET statement_timeout = ${BUILDING_MS}; SET lock_timeout = ${WAITING_MS}`);
  try {
    await connection.run(sql);
  } finally {
    await connection.restoreTimeouts();
  }
}

async function triedIndex(
  database: PostgresDatabase,
  { sql, name, candidate, statements: promises }: IndexToCreate,
  workload: readonly RunnableStatement[],
  signal: AbortSignal | undefined,
): Promise<OptimizationStep> {
  const { connection, catalog } = database;
  const ofTable = workload.filter(({ use }) => use.uses.some(({ table }) => table === candidate.table));
  const before = (await runPostgresWorkload(connection, ofTable)).statements;
  if (signal?.aborted) return { sql, outcome: 'failed', beforeMs: null, afterMs: null, why: INTERRUPTED };
  const namespace = catalog.table(candidate.table)!.namespace;
  const drop = dropStatement({ namespace, relation: name });
  const isNew = !catalog.indexes.some((index) => index.namespace === namespace && index.relation === name);
  try {
    await unhurried(database, sql);
  } catch (error) {
    const why = signal?.aborted ? INTERRUPTED : explain(error);
    // what a failed build leaves is INVALID; an index that was there before is somebody's
    const left = isNew ? await takenAway(database, drop.replace('CONCURRENTLY', 'CONCURRENTLY IF EXISTS')) : null;
    return { sql, outcome: 'failed', beforeMs: null, afterMs: null, why: left === null ? why : `${why}; ${left}` };
  }
  const after = (await runPostgresWorkload(connection, ofTable)).statements;
  const served = after.filter(({ plans }) => plans.some((plan) => indexesIn(plan).includes(name)));
  const beforeMs = timeOf(before, served);
  const afterMs = timeOf(after, served);
  const verdict = signal?.aborted
    ? { stays: false, why: INTERRUPTED }
    : verdictOf({ served: served.length, beforeMs, afterMs, promised: promisedShare(promises) });
  if (verdict.stays) return { sql, outcome: 'kept', beforeMs, afterMs, why: verdict.why };
  const left = await takenAway(database, drop);
  if (left === null) return { sql, outcome: 'taken back', beforeMs, afterMs, why: verdict.why };
  return { sql, outcome: 'failed', beforeMs, afterMs, why: `${verdict.why}; ${left}` };
}

/** @returns null where it is gone, else how it is now */
async function takenAway(database: PostgresDatabase, drop: string): Promise<string | null> {
  const again = drop.replace(/CONCURRENTLY (?!IF)/, 'CONCURRENTLY IF EXISTS ');
  try {
    await unhurried(database, drop).catch((error) => {
      // the cancellation was meant for what is taken away
      if (error instanceof PostgresError && error.sqlState === CANCELLED) return unhurried(database, again);
      throw error;
    });
    return null;
  } catch (error) {
    return `it is still there: ${explain(error)}: ${drop}`;
  }
}

/** ms of the statements that an index serves, as often as they come. */
function timeOf(measured: readonly MeasuredStatement[], served: readonly MeasuredStatement[]): number {
  const texts = new Set(served.map(({ sql }) => sql));
  return sum(measured.filter(({ sql }) => texts.has(sql)).map(({ meanMs, count }) => meanMs * count));
}
