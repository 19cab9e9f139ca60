import { sum } from '../../../foundation/statistics.js';
import type { IndexCandidate } from '../../advisor/candidates.js';
import type { CostQuestion, CostSource, DifferenceQuestion, IndexSet, TrialIndex } from '../../advisor/index-choice.js';
import type { RunnableStatement } from '../statements/run-postgres-workload.js';
import type { BenchPlan, PlannerBench } from './planner-bench.js';

/** A statement with what its costs are worth in time. */
export interface PricedStatement extends RunnableStatement {
  /** ms that a unit of the planner's takes. */
  readonly unitMs: number;
  /** Rows that one run changes. */
  readonly changed: number;
}

/** ms that a statement takes however it is planned: to be read, planned, started and ended. */
export const FIXED_MS = 0.05;
/** ms that it takes to keep up one index for one row: a descent, a leaf that gets dirty, and its line in the log. */
const UPKEEP_MS = 0.01;
/** A row that is deleted leaves its entries to the next vacuum. */
const OF_DELETED = 0.5;

interface KnownPlan {
  readonly shown: ReadonlySet<string>;
  readonly plan: BenchPlan;
}

/** What a workload costs under sets of candidates, as the planner reckons. */
export class PostgresTrials implements CostSource<Promise<number[]>> {
  readonly indexes: TrialIndex[] = [];
  /** How many were built. */
  tried = 0;
  readonly statements: readonly PricedStatement[];
  readonly #bench: PlannerBench;
  readonly #bytes = new Map<TrialIndex, number>();
  /** By text. */
  readonly #plans = new Map<string, KnownPlan[]>();

  constructor(bench: PlannerBench, statements: readonly PricedStatement[]) {
    this.#bench = bench;
    this.statements = statements;
  }

  async build(candidate: IndexCandidate): Promise<void> {
    const name = `edge_candidate_${this.indexes.length}`;
    const bytes = await this.#bench.build(name, candidate);
    if (bytes === null) return;
    const index = { name, candidate };
    this.indexes.push(index);
    this.#bytes.set(index, bytes);
  }

  readonly bytes = (index: TrialIndex): number => this.#bytes.get(index) ?? 0;

  /**
   * What the planner takes: of all candidates, of those that do not cover or have no condition, and of one alone. Those that it takes together
   * for one statement are tried together as well: in a join one may be worth nothing without the other.
   */
  async moves(): Promise<IndexSet[]> {
    const byName = new Map(this.indexes.map((index) => [index.name, index]));
    const moves = new Map<string, IndexSet>();
    const narrow = this.indexes.filter(({ candidate }) => !candidate.covering);
    const whole = narrow.filter(({ candidate }) => candidate.where === null);
    for (const group of [this.indexes, narrow, whole, ...this.indexes.map((index) => [index])]) {
      for (const statement of this.statements) {
        for (const text of statement.texts) {
          const { indexes } = await this.plan(statement, text, group);
          const names = [...new Set(indexes.filter((name) => byName.has(name)))].sort();
          for (const taken of [names, ...names.map((name) => [name])]) {
            if (taken.length > 0)
              moves.set(
                taken.join(),
                taken.map((name) => byName.get(name)!),
              );
          }
        }
      }
    }
    await this.#forgetUntaken(new Set([...moves.values()].flat()));
    return [...moves.values()];
  }

  /** What the planner takes neither alone nor beside others it never takes. */
  async #forgetUntaken(taken: ReadonlySet<TrialIndex>): Promise<void> {
    const untaken = this.indexes.filter((index) => !taken.has(index));
    for (const { name } of untaken) await this.#bench.forget(name);
    this.tried = this.indexes.length;
    this.indexes.splice(0, this.indexes.length, ...this.indexes.filter((index) => taken.has(index)));
  }

  /** Milliseconds that each statement costs, as often as it comes, with these indexes and no others of ours. */
  async costs({ set, added = [], known }: CostQuestion): Promise<number[]> {
    const costs: number[] = [];
    for (const [at, statement] of this.statements.entries()) {
      const touched = added.some(({ candidate }) => touches(statement, candidate));
      costs.push(known === undefined || touched ? await this.#cost(statement, set) : known[at]!);
    }
    return costs;
  }

  /** A planner's costs have no noise. */
  async differences({ set, versus }: DifferenceQuestion): Promise<number[]> {
    const less = await this.costs({ set: versus });
    return (await this.costs({ set })).map((ms, at) => ms - less[at]!);
  }

  /**
   * The plan under a set. Where the planner had more to choose from and took only what is still there, it takes the same again, and is not asked.
   *
   * @param text of the statement's own
   */
  async plan(statement: PricedStatement, text: string, set: IndexSet): Promise<BenchPlan> {
    const shown = new Set(set.filter(({ candidate }) => searches(statement, candidate)).map(({ name }) => name));
    const known = this.#plans.get(text) ?? [];
    const same = known.find(
      (entry) =>
        isWithin(shown, entry.shown) && entry.plan.indexes.every((name) => shown.has(name) || !entry.shown.has(name)),
    );
    if (same !== undefined) return same.plan;
    // all of the set, so that the bench stays as it is from one statement to the next
    const plan = await this.#bench.plan(text, new Set(set.map(({ name }) => name)));
    this.#plans.set(text, [...known, { shown, plan }]);
    return plan;
  }

  async #cost(statement: PricedStatement, set: IndexSet): Promise<number> {
    let units = 0;
    for (const text of statement.texts) units += (await this.plan(statement, text, set)).cost;
    const upkeep = sum(set.map(({ candidate }) => upkeepMs(statement, candidate)));
    return ((units / statement.texts.length) * statement.unitMs + FIXED_MS + upkeep) * statement.count;
  }
}

/** What one run takes longer because an index has to be kept up. */
function upkeepMs({ use, changed }: PricedStatement, { table, columns, where }: IndexCandidate): number {
  if (!use.writes.includes(table)) return 0;
  const { kind, sets } = use;
  // an update of other columns need not touch it
  const isOutside = sets !== null && where === null && columns.every(({ column }) => !sets.has(column));
  if (kind === 'update' && isOutside) return 0;
  return changed * UPKEEP_MS * (kind === 'delete' ? OF_DELETED : 1);
}

const searches = ({ use }: PricedStatement, { table }: IndexCandidate): boolean =>
  use.uses.some((one) => one.table === table);

const touches = (statement: PricedStatement, candidate: IndexCandidate): boolean =>
  searches(statement, candidate) || statement.use.writes.includes(candidate.table);

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...some].every((name) => all.has(name));
