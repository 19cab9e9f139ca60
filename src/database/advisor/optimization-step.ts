import { sum } from '../../foundation/statistics.js';

/** One thing that was done to a database, or would be. */
export interface OptimizationStep {
  readonly sql: string;
  /** `kept` and `taken back`: an index, by what it did to the workload; `done`: what has no price; `failed`: `why` says how it is now. */
  readonly outcome: 'proposed' | 'done' | 'kept' | 'taken back' | 'failed';
  /** ms of what the workload reads, before and after; null where that was not measured. */
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
  /** For people. */
  readonly why: string;
}

/** Of what the advice promised, an index keeps at least that, or goes again. */
const LEAST_KEPT = 0.5;

/** Something that would be done. */
export const proposedStep = (sql: string, why: string): OptimizationStep => ({
  sql,
  outcome: 'proposed',
  beforeMs: null,
  afterMs: null,
  why,
});

/** Share of the time of the statements that an index serves that goes by it, as an advice says. */
export function promisedShare(statements: readonly { readonly beforeMs: number; readonly afterMs: number }[]): number {
  const before = sum(statements.map(({ beforeMs }) => beforeMs));
  const after = sum(statements.map(({ afterMs }) => afterMs));
  return before === 0 ? 0 : (before - after) / before;
}

/** What was measured of an index on the database itself. */
export interface MeasuredTrial {
  /** Queries that are planned with it. */
  readonly served: number;
  /** ms of these, as often as they come, without it and with it. */
  readonly beforeMs: number;
  readonly afterMs: number;
  /** As `promisedShare`. */
  readonly promised: number;
}

/** Whether an index stays, and why. */
export function verdictOf({ served, beforeMs, afterMs, promised }: MeasuredTrial): {
  readonly stays: boolean;
  readonly why: string;
} {
  if (served === 0) return { stays: false, why: 'no query is planned with it' };
  const saved = beforeMs === 0 ? 0 : (beforeMs - afterMs) / beforeMs;
  const less = `what is planned with it takes ${Math.round(saved * 100)} % less`;
  if (saved >= promised * LEAST_KEPT) return { stays: true, why: less };
  return { stays: false, why: `${less}, promised were ${Math.round(promised * 100)} %` };
}
