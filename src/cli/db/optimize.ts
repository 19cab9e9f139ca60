import { adviseSqlite } from '../../database/sqlite/advise.js';
import { type OptimizationStep, optimizeSqlite } from '../../database/sqlite/optimize.js';
import { ConfigError } from '../../foundation/errors.js';
import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson } from '../print.js';
import { type DbFlags, databaseFile, workloadOf } from './target.js';

export interface DbOptimizeFlags extends DbFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `edge-optimizer db optimize`. @returns 1 where something failed @throws ConfigError where nobody said that the database may be changed */
export async function dbOptimize(target: string, flags: DbOptimizeFlags): Promise<number> {
  const file = databaseFile(target);
  const { dryRun = false, yes = false, json } = flags;
  if (!dryRun && !yes) {
    throw new ConfigError('nothing was changed', [
      `--yes: expected, as ${file} is going to be changed (make a copy before), or --dry-run to see what would be done`,
    ]);
  }
  const { statements } = workloadOf(file, flags);
  const advice = adviseSqlite(file, statements);
  const steps = optimizeSqlite(file, advice, statements, {
    dryRun,
    ...(!json && { onStep: (step) => print(lineOf(step)) }),
  });
  if (json) printJson({ database: file, steps });
  return steps.some(({ outcome }) => outcome === 'failed') ? FAILED : 0;
}

function lineOf({ sql, outcome, beforeMs, afterMs, why }: OptimizationStep): string {
  const times =
    beforeMs === null || afterMs === null ? '' : ` (${beforeMs.toFixed(2)} ms before, ${afterMs.toFixed(2)} ms after)`;
  return oneLine(`${outcome.padEnd(10)} ${sql}; -- ${why}${times}`);
}
