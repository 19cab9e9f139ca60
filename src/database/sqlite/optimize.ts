import { setImmediate as turn } from 'node:timers/promises';
import { explain } from '../../foundation/errors.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import { sum } from '../../foundation/statistics.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { Advice } from '../advisor/advice.js';
import { type OptimizationStep, promisedShare, proposedStep, verdictOf } from '../advisor/optimization-step.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { databaseTrouble, openForReading, openForWriting } from './open-database.js';
import { runWorkload, type WorkloadRun } from './run-workload.js';
import { forgetTrial, interruptedTrial, noteTrial } from './trial-note.js';

/** How a database is made faster. */
export interface SqliteOptimizeOptions {
  /** Only say what would be done. */
  readonly dryRun?: boolean;
  readonly onStep?: (step: OptimizationStep) => void;
  /** Ends it early: what is being tried is taken back. */
  readonly signal?: AbortSignal;
}

/** Pages that are given back at a time. */
const VACUUM_PAGES = 2000;

/**
 * Makes a database faster, beside whoever uses it: the indexes of an advice one by one, each a trial that
 * is taken back where the workload's reading does not get as much faster as promised; statistics for the planner; the
 * write-ahead log brought in; free pages given back where the file was made for that.
 *
 * A run that was killed leaves a note beside the database; the next one takes back what it was trying.
 *
 * @throws EdgeError E_OUTPUT where the file cannot be written
 */
export async function optimizeSqlite(
  file: string,
  advice: Advice,
  workload: readonly WorkloadStatement[],
  { dryRun = false, onStep = () => undefined, signal }: SqliteOptimizeOptions = {},
): Promise<OptimizationStep[]> {
  const sqlite = dryRun ? openForReading(file) : openForWriting(file);
  const steps: OptimizationStep[] = [];
  const tell = (step: OptimizationStep): void => {
    steps.push(step);
    onStep(step);
  };
  try {
    for (const step of [...remains(sqlite, file), ...housekeeping(sqlite)])
      tell(dryRun ? step : performed(sqlite, step));
    if (!dryRun && interruptedTrial(file) !== null) forgetTrial(file);
    for (const { sql, name, savesMs, statements } of advice.create) {
      if (signal?.aborted) break;
      if (dryRun) tell(proposedStep(sql, `saves ${savesMs.toFixed(1)} ms of the workload, as ${advice.how}`));
      else tell(await triedIndex(sqlite, { file, sql, name, promised: promisedShare(statements) }, workload, signal));
    }
    return steps;
  } catch (cause) {
    throw databaseTrouble(file, 'changed', cause);
  } finally {
    sqlite.close();
  }
}

/** What a run that was killed was trying. */
function remains(sqlite: SqliteConnection, file: string): OptimizationStep[] {
  const note = interruptedTrial(file);
  if (note === null) return [];
  const made = sqlite.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?").pluck().get(note.name);
  if (made !== note.sql) return [];
  return [proposedStep(`DROP INDEX ${quotedName(note.name)}`, 'a run that was killed was just trying it')];
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
  /** Of the database. */
  readonly file: string;
  readonly sql: string;
  readonly name: string;
  readonly promised: number;
}

async function triedIndex(
  sqlite: SqliteConnection,
  { file, sql, name, promised }: PromisedIndex,
  workload: readonly WorkloadStatement[],
  signal: AbortSignal | undefined,
): Promise<OptimizationStep> {
  const before = await measured(sqlite, workload, signal);
  const failed = { sql, outcome: 'failed', beforeMs: null, afterMs: null } as const;
  if (signal?.aborted) return { ...failed, why: INTERRUPTED };
  try {
    noteTrial(file, { name, sql });
    built(sqlite, sql, name);
  } catch (error) {
    forgetTrial(file);
    return { ...failed, why: explain(error) };
  }
  const times = await timesWith(name, before, promised, () => measured(sqlite, workload, signal));
  const step = signal?.aborted
    ? takenBack(sqlite, name, { sql, outcome: 'taken back', beforeMs: null, afterMs: null, why: INTERRUPTED })
    : judged(sqlite, { sql, name, promised }, times);
  // one that is still there stays known
  if (step.outcome !== 'failed') forgetTrial(file);
  return step;
}

/** Of a trial that would be taken back for its times. */
const RUNS_AGAIN = 2;
const INTERRUPTED = 'it was interrupted';

/** One statement after the other, so that a signal is heard in between. */
async function measured(
  sqlite: SqliteConnection,
  workload: readonly WorkloadStatement[],
  signal: AbortSignal | undefined,
): Promise<WorkloadRun['queries']> {
  const queries: WorkloadRun['queries'][number][] = [];
  for (const statement of workload) {
    queries.push(...runWorkload(sqlite, [statement], Number.POSITIVE_INFINITY).queries);
    await turn();
    if (signal?.aborted) break;
  }
  return queries;
}

interface TrialTimes {
  /** Statements that are planned with the index. */
  readonly served: number;
  /** Of these, without the index and with it. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** What would be taken back is measured again, and the best run counts: other work of a moment is no verdict on an index. */
async function timesWith(
  name: string,
  before: WorkloadRun['queries'],
  promised: number,
  measure: () => Promise<WorkloadRun['queries']>,
): Promise<TrialTimes> {
  let best = timesOf(name, before, await measure());
  for (let again = 0; again < RUNS_AGAIN && best.served > 0 && !verdictOf({ ...best, promised }).stays; again++) {
    const next = timesOf(name, before, await measure());
    if (next.served > 0 && next.afterMs < best.afterMs) best = next;
  }
  return best;
}

/** Only what is planned with an index can have become faster by it. */
function timesOf(name: string, before: WorkloadRun['queries'], after: WorkloadRun['queries']): TrialTimes {
  const served = new Set(
    after
      .filter(({ plan }) => plan?.some((step) => new RegExp(`\\bINDEX ${escaped(name)}\\b`).test(step)))
      .map(({ text }) => text),
  );
  const timeOf = (queries: WorkloadRun['queries']): number =>
    sum(queries.filter(({ text }) => served.has(text)).map(({ totalMs }) => totalMs));
  return { served: served.size, beforeMs: timeOf(before), afterMs: timeOf(after) };
}

function judged(
  sqlite: SqliteConnection,
  { sql, name, promised }: Omit<PromisedIndex, 'file'>,
  times: TrialTimes,
): OptimizationStep {
  const { beforeMs, afterMs } = times;
  const { stays, why } = verdictOf({ ...times, promised });
  if (stays) return { sql, outcome: 'kept', beforeMs, afterMs, why };
  return takenBack(sqlite, name, { sql, outcome: 'taken back', beforeMs, afterMs, why });
}

function takenBack(sqlite: SqliteConnection, name: string, step: OptimizationStep): OptimizationStep {
  const drop = `DROP INDEX ${quotedName(name)}`;
  try {
    sqlite.exec(drop);
    return step;
  } catch (error) {
    return { ...step, outcome: 'failed', why: `${step.why}; it is still there: ${explain(error)}: ${drop}` };
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
