import type { IndexCandidate } from '../../advisor/candidates.js';

/** A plan under the indexes that are shown. */
export interface BenchPlan {
  /** Of the planner's units. */
  readonly cost: number;
  /** Of our candidates and of the database's own, by the names they have on the bench. */
  readonly indexes: readonly string[];
  readonly lines: readonly string[];
  /** Rows that the outermost step goes through: those that a statement which writes changes. */
  readonly rows: number;
}

/** Where the planner is asked what it would do with indexes that the database has not. */
export interface PlannerBench {
  /** For people, of times: `reckoned by the planner with ...`. */
  readonly how: string;
  /** @returns bytes that it takes for all rows; null where it cannot be made */
  build(name: string, candidate: IndexCandidate): Promise<number | null>;
  /**
   * @param shown candidates that are there; no other is
   * @throws PostgresError where the statement cannot be planned
   */
  plan(text: string, shown: ReadonlySet<string>): Promise<BenchPlan>;
  /** Takes a candidate away for good: no plan will be asked for with it. */
  forget(name: string): Promise<void>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}
