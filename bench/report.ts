/** One promise of a benchmark: `met` is null where it could not be measured here. */
export interface Goal {
  readonly name: string;
  readonly value: number | null;
  /** e.g. `>= 0.90`. */
  readonly goal: string;
  readonly met: boolean | null;
}

export type Cell = string | number | boolean | null;

/** What a benchmark measured: one row per contender or case, the same columns in each. */
export interface BenchReport {
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly goals: readonly Goal[];
  /** What a reader must know to read the numbers: skipped contenders, conditions. */
  readonly notes?: readonly string[];
}
