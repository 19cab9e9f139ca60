import type { OptimizationStep } from '../../database/advisor/optimization-step.js';
import { advisePostgres } from '../../database/postgres/postgres-advise.js';
import { optimizePostgres } from '../../database/postgres/postgres-optimize.js';
import { isAddress, postgresAddress } from '../../database/postgres/server/postgres-address.js';
import { adviseSqlite } from '../../database/sqlite/advise.js';
import { databaseFile } from '../../database/sqlite/open-database.js';
import { optimizeSqlite } from '../../database/sqlite/optimize.js';
import { ConfigError } from '../../foundation/errors.js';
import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson } from '../print.js';
import { exitCodeOfSignal, StopSignals } from '../stop-signals.js';
import { type DbFlags, serverWorkloadOf, workloadOf } from './target.js';

export interface DbOptimizeFlags extends DbFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `edge-optimizer db optimize`. @returns 1 where something failed @throws ConfigError where nobody said that the database may be changed */
export async function dbOptimize(target: string, flags: DbOptimizeFlags): Promise<number> {
  const { dryRun = false, yes = false, json } = flags;
  const database = isAddress(target) ? postgresAddress(target).shown : databaseFile(target);
  if (!dryRun && !yes) {
    throw new ConfigError('nothing was changed', [
      `--yes: expected, as ${database} is going to be changed (make a copy before), or --dry-run to see what would be done`,
    ]);
  }
  const options = { dryRun, ...(!json && { onStep: (step: OptimizationStep) => print(lineOf(step)) }) };
  const { steps, notes, stopped } = await (isAddress(target) ? ofServer : ofFile)(target, flags, options);
  if (json) printJson({ database, steps, notes });
  else {
    if (steps.length === 0) print('There is nothing to do.');
    for (const note of notes) print(`not found out: ${oneLine(note)}`);
  }
  if (stopped !== null) return stopped;
  return steps.some(({ outcome }) => outcome === 'failed') ? FAILED : 0;
}

interface Optimized {
  readonly steps: readonly OptimizationStep[];
  /** What could not be found out. */
  readonly notes: readonly string[];
  /** Exit code of the signal that ended it. */
  readonly stopped: number | null;
}

interface StepOptions {
  readonly dryRun: boolean;
  readonly onStep?: (step: OptimizationStep) => void;
}

async function ofFile(target: string, flags: DbFlags, options: StepOptions): Promise<Optimized> {
  const file = databaseFile(target);
  const { statements } = workloadOf(file, flags);
  // until here a signal ends the program: nothing was changed, and the copy has no name
  const advice = adviseSqlite(file, statements);
  const stop = new AbortController();
  const signals = new StopSignals();
  void signals.received.then(() => stop.abort());
  const steps = await optimizeSqlite(file, advice, statements, { ...options, signal: stop.signal });
  return { steps, notes: [], stopped: signals.first === null ? null : exitCodeOfSignal(signals.first) };
}

async function ofServer(target: string, flags: DbFlags, options: StepOptions): Promise<Optimized> {
  const asked = await serverWorkloadOf(flags);
  // until here a signal ends the program: nothing was changed
  const { advice, workload, notes } = await advisePostgres(target, { ...(asked && { workload: asked }) });
  const stop = new AbortController();
  const signals = new StopSignals();
  void signals.received.then(() => stop.abort());
  const steps = await optimizePostgres(target, advice, workload, { ...options, signal: stop.signal });
  return { steps, notes, stopped: signals.first === null ? null : exitCodeOfSignal(signals.first) };
}

function lineOf({ sql, outcome, beforeMs, afterMs, why }: OptimizationStep): string {
  const times =
    beforeMs === null || afterMs === null ? '' : ` (${beforeMs.toFixed(2)} ms before, ${afterMs.toFixed(2)} ms after)`;
  return oneLine(`${outcome.padEnd(10)} ${sql}; -- ${why}${times}`);
}
