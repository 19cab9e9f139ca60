import { sum } from '../../foundation/statistics.js';
import { createStatement, type IndexCandidate } from '../advisor/candidates.js';
import type { CostQuestion, CostSource, DifferenceQuestion, IndexSet, TrialIndex } from '../advisor/index-choice.js';
import { PairedTimes } from './paired-times.js';
import type { TrialCosts, TrialStatement } from './trial-costs.js';
import type { Workbench } from './workbench.js';

/** What a workload costs under sets of candidates. */
export class IndexTrials implements CostSource<number[]> {
  readonly indexes: TrialIndex[] = [];
  readonly statements: readonly TrialStatement[];
  readonly #bench: Workbench;
  readonly #costs: TrialCosts;
  readonly #pairs: PairedTimes;

  constructor(bench: Workbench, statements: readonly TrialStatement[], costs: TrialCosts) {
    this.#bench = bench;
    this.statements = statements;
    this.#costs = costs;
    this.#pairs = new PairedTimes(bench, costs);
  }

  /** Builds a candidate on the copy. @returns false where it cannot be: a function of the application's in it, a condition that no index may have */
  build(candidate: IndexCandidate): boolean {
    const name = `edge_candidate_${this.indexes.length}`;
    try {
      this.#bench.create(name, createStatement(candidate, name));
    } catch {
      return false;
    }
    this.indexes.push({ name, candidate });
    this.#costs.know(name, candidate);
    return true;
  }

  /**
   * What the planner takes: of all candidates, of those that do not cover or have no condition, and of one alone. Those that it takes together for
   * one statement are tried together as well: in a join one may be worth nothing without the other.
   *
   * @param isOver whether the time for it is over: those that were found by then are told
   */
  moves(isOver: () => boolean): IndexSet[] {
    const byName = new Map(this.indexes.map((entry) => [entry.name, entry]));
    const moves = new Map<string, IndexSet>();
    const narrow = this.indexes.filter(({ candidate }) => !candidate.covering);
    const whole = narrow.filter(({ candidate }) => candidate.where === null);
    const alone = this.indexes.map((entry) => [entry]);
    for (const group of [this.indexes, narrow, whole, ...alone]) {
      if (isOver()) break;
      this.#show(new Set(group.map(({ name }) => name)));
      for (const statement of this.statements) {
        if (!group.some(({ candidate }) => statement.tables.has(candidate.table))) continue;
        for (const example of statement.examples) {
          const names = [...new Set(this.namedIn(this.#bench.plan(example)))].sort();
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
    return [...moves.values()];
  }

  /** Milliseconds of the whole workload. */
  total(set: IndexSet): number {
    return sum(this.costs({ set }));
  }

  /** Milliseconds that each statement costs with these indexes and no others of ours. */
  costs({ set, added = [], known }: CostQuestion): number[] {
    const shown = new Set(set.map(({ name }) => name));
    this.#show(shown);
    return this.statements.map((statement, index) => {
      const touched = added.some(
        ({ candidate: { table } }) => statement.tables.has(table) || statement.writes.includes(table),
      );
      return known === undefined || touched ? this.#costs.of(statement, shown) : known[index]!;
    });
  }

  /** What is not much faster one way or the other is run both ways in turn. */
  differences({ set, versus }: DifferenceQuestion): number[] {
    const [left, right] = [set, versus].map((one) => new Set(one.map(({ name }) => name)));
    return this.#pairs.differences(this.statements, left!, right!, (shown) => this.#show(shown));
  }

  #show(shown: ReadonlySet<string>): void {
    this.#bench.show(
      this.indexes.map(({ name }) => name),
      shown,
    );
  }

  /** The candidates that a plan names. */
  namedIn(plan: readonly string[]): string[] {
    return plan.flatMap((step) => /\bINDEX (edge_candidate_\d+)/.exec(step)?.[1] ?? []);
  }

  /** A plan with the names that its indexes will have. */
  renamed(plan: readonly string[], named: ReadonlyMap<IndexCandidate, string>): string[] {
    const names = new Map(this.indexes.map(({ name, candidate }) => [name, named.get(candidate)]));
    return plan.map((step) => step.replace(/edge_candidate_\d+/g, (name) => names.get(name) ?? name));
  }

  /** Of an index of the whole table. */
  bytes({ name, candidate }: TrialIndex): number {
    return this.#bench.bytesOf(name, candidate.table);
  }
}
