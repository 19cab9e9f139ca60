import type { IndexCandidate } from '../advisor/candidates.js';
import type { Runnable, Workbench } from './workbench.js';

/** A statement with the values it is tried with, each as likely as the others. */
export interface TrialStatement {
  readonly sql: string;
  readonly count: number;
  readonly examples: readonly Runnable[];
  /** Tables that it changes: their indexes cost it time even where its plan names none. */
  readonly writes: readonly string[];
  /** Columns that an update sets; null of a statement that writes whole rows. */
  readonly sets: ReadonlySet<string> | null;
  /** Tables whose indexes can change its plan. */
  readonly tables: ReadonlySet<string>;
}

/** How thoroughly a statement is timed. */
export interface TrialTiming {
  /** Runs of an example at most. */
  readonly rounds: number;
  /** Milliseconds of the processor's time after which an example is not run again. */
  readonly budgetMs: number;
}

/** How a run of an example goes. */
export interface TrialWay {
  /** The statement, its values and its plan. */
  readonly key: string;
  readonly plan: readonly string[];
  /** Indexes that it keeps up. */
  readonly kept: ReadonlySet<string>;
}

/**
 * Milliseconds that statements take under a set of indexes. What takes the same plan takes the same time: each plan is run once, so that the
 * noise of a machine cannot make an index look good that no plan uses.
 */
export class TrialCosts {
  readonly #bench: Workbench;
  readonly #timing: TrialTiming;
  /** By statement, values and plan: under which indexes that have to be kept up it took how long. */
  readonly #times = new Map<string, { readonly kept: ReadonlySet<string>; readonly ms: number }[]>();
  readonly #indexes = new Map<string, IndexCandidate>();

  constructor(bench: Workbench, timing: TrialTiming) {
    this.#bench = bench;
    this.#timing = timing;
  }

  /** Tells of an index that is shown and hidden. */
  know(name: string, candidate: IndexCandidate): void {
    this.#indexes.set(name, candidate);
  }

  /** What a run of an example does with these indexes shown: two that do the same take the same time. */
  way(statement: TrialStatement, example: Runnable, shown: ReadonlySet<string>): TrialWay {
    const kept = new Set([...shown].filter((name) => keepsUp(statement, this.#indexes.get(name))));
    const plan = this.#bench.plan(example);
    const key = [statement.sql, JSON.stringify(example.parameters, replacer), ...plan].join('\n');
    return { key, plan, kept };
  }

  /** Milliseconds of one run of an example, with these indexes shown. */
  ofExample(statement: TrialStatement, example: Runnable, shown: ReadonlySet<string>): number {
    const { key, plan, kept } = this.way(statement, example, shown);
    const known = this.#times.get(key) ?? [];
    const same = known.find((time) => time.kept.size === kept.size && isWithin(time.kept, kept));
    if (same !== undefined) return same.ms;
    const { rounds, budgetMs } = this.#timing;
    const measured = this.scaled(this.#bench.time(example, rounds, budgetMs), statement, plan);
    // an index more to keep up never made writing faster: that was the machine
    const ms = Math.max(measured, ...known.filter((time) => isWithin(time.kept, kept)).map((time) => time.ms));
    this.#times.set(key, [...known, { kept, ms }]);
    return ms;
  }

  /** Of one statement as often as it is run, with these indexes shown. */
  of(statement: TrialStatement, shown: ReadonlySet<string>): number {
    const total = statement.examples.reduce((sum, example) => sum + this.ofExample(statement, example, shown), 0);
    return (total / statement.examples.length) * statement.count;
  }

  /** What it takes on the database itself, of whose rows the copy may have a part: as many times more rows are read there. */
  scaled(time: number, { tables, writes }: TrialStatement, plan: readonly string[]): number {
    if (writes.length > 0 && !plan.some((step) => step.startsWith('SCAN'))) return time;
    const scale = Math.max(1, ...[...tables].map((table) => this.#bench.scale.get(table) ?? 1));
    const fixed = Math.min(time, FIXED_MS);
    return fixed + (time - fixed) * scale;
  }
}

/** Milliseconds that a statement takes whatever it reads: not more of them are taken in a table of more rows. */
const FIXED_MS = 0.01;

/** An update leaves indexes of other columns as they are; but for those with a condition, which may ask for any column. */
function keepsUp({ writes, sets }: TrialStatement, index: IndexCandidate | undefined): boolean {
  if (index === undefined || !writes.includes(index.table)) return false;
  return sets === null || index.where !== null || index.columns.some(({ column }) => sets.has(column));
}

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((name) => all.has(name));

const replacer = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
