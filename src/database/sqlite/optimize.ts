import { explain } from '../../foundation/errors.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { Advice } from '../advisor/advice.js';
import { type OptimizationStep, promisedShare, proposedStep, verdictOf } from '../advisor/optimization-step.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { quotedName } from '../sql/quoted-name.js';
import { openForReading, openForWriting } from './open-database.js';
import { runWorkload } from './run-workload.js';

/** How a database is made faster. */
export interface SqliteOptimizeOptions {
  /** Only say what would be done. */
  readonly dryRun?: boolean;
  readonly onStep?: (step: OptimizationStep) => void;
}

/** Pages that are given back at a time. */
const VACUUM_PAGES = 2000;

/**
 * Makes a database faster, beside whoever uses it: the indexes of an advice one by one, each a trial that
 * is taken back where the workload's reading does not get as much faster as promised; statistics for the planner; the
 * write-ahead log brought in; free pages given back where the file was made for that.
 *
 * @throws EdgeError E_OUTPUT where the file cannot be written
 */
export function optimizeSqlite(
  file: string,
  advice: Advice,
  workload: readonly WorkloadStatement[],
  { dryRun = false, onStep = () => undefined }: SqliteOptimizeOptions = {},
): OptimizationStep[] {
  const sqlite = dryRun ? openForReading(file) : openForWriting(file);
  const steps: OptimizationStep[] = [];
  const tell = (step: OptimizationStep): void => {
    steps.push(step);
    onStep(step);
  };
  try {
    for (const step of housekeeping(sqlite)) tell(dryRun ? step : performed(sqlite, step));
    for (const { sql, name, savesMs, statements } of advice.create) {
      if (dryRun) tell(proposedStep(sql, `saves ${savesMs.toFixed(1)} ms of the workload, as ${advice.how}`));
      else tell(triedIndex(sqlite, { sql, name, promised: promisedShare(statements) }, workload));
    }
    return steps;
  } finally {
    sqlite.close();
  }
}

function housekeeping(sqlite: SqliteConnection): OptimizationStep[] {
  const pragma = (name: string): unknown => sqlite.pragma(name, { simple: true });
  const hasStatistics = sqlite.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined;
  const free = pragma('freelist_count') as number;
  return [
    hasStatistics
      ? proposedStep('PRAGMA optimize', 'brings the statistics of the planner up to date where that is due')
      : proposedStep('ANALYZE', 'the planner does not know how many rows there are'),
    ...(pragma('journal_mode') === 'wal'
      ? [proposedStep('PRAGMA wal_checkpoint(TRUNCATE)', 'brings the write-ahead log into the database')]
      : []),
    // 2: the file was made to give pages back
    ...(free > 0 && pragma('auto_vacuum') === 2
      ? [proposedStep(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`, `${free} pages are free`)]
      : []),
  ];
}

function performed(sqlite: SqliteConnection, step: OptimizationStep): OptimizationStep {
  try {
    sqlite.exec(step.sql);
    return { ...step, outcome: 'done' };
  } catch (error) {
    return { ...step, outcome: 'failed', why: explain(error) };
  }
}

interface PromisedIndex {
  readonly sql: string;
  readonly name: string;
  readonly promised: number;
}

function triedIndex(
  sqlite: SqliteConnection,
  { sql, name, promised }: PromisedIndex,
  workload: readonly WorkloadStatement[],
): OptimizationStep {
  const before = runWorkload(sqlite, workload, Number.POSITIVE_INFINITY).queries;
  try {
    built(sqlite, sql, name);
  } catch (error) {
    return { sql, outcome: 'failed', beforeMs: null, afterMs: null, why: explain(error) };
  }
  const after = runWorkload(sqlite, workload, Number.POSITIVE_INFINITY).queries;
  // only what is planned with it can have become faster by it
  const served = new Set(
    after
      .filter(({ plan }) => plan?.some((step) => new RegExp(`\\bINDEX ${escaped(name)}\\b`).test(step)))
      .map(({ text }) => text),
  );
  const timeOf = (queries: typeof before): number =>
    queries.filter(({ text }) => served.has(text)).reduce((sum, { totalMs }) => sum + totalMs, 0);
  const [beforeMs, afterMs] = [timeOf(before), timeOf(after)];
  const { stays, why } = verdictOf({ served: served.size, beforeMs, afterMs, promised });
  if (stays) return { sql, outcome: 'kept', beforeMs, afterMs, why };
  const drop = `DROP INDEX ${quotedName(name)}`;
  try {
    sqlite.exec(drop);
    return { sql, outcome: 'taken back', beforeMs, afterMs, why };
  } catch (error) {
    return { sql, outcome: 'failed', beforeMs, afterMs, why: `${why}; it is still there: ${explain(error)}: ${drop}` };
  }
}

/** With what the planner wants to know of it, or not at all. */
function built(sqlite: SqliteConnection, sql: string, name: string): void {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    sqlite.exec(sql);
    sqlite.exec(`ANALYZE ${quotedName(name)}`);
    sqlite.exec('COMMIT');
  } catch (error) {
    sqlite.exec('ROLLBACK');
    throw error;
  }
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
