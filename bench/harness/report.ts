/** One promise of a benchmark: `met` is null where it could not be measured here. */
export interface Goal {
  readonly name: string;
  readonly value: number | null;
  /** e.g. `>= 0.90`. */
  readonly goal: string;
  readonly met: boolean | null;
}

export type Cell = string | number | boolean | null;

/** What a row says; the texts before its first figure name it. */
export type Row = Readonly<Record<string, Cell>>;

/** What a benchmark measured: one row per contender or case, the same columns in each. */
export interface BenchReport {
  readonly name: string;
  readonly rows: readonly Row[];
  /** A column of texts that parts the rows into tables, one for each text; one table without. */
  readonly tableFor?: string;
  readonly goals: readonly Goal[];
  /** What a reader must know to read the numbers: skipped contenders, conditions. */
  readonly notes?: readonly string[];
}

/** What a row is about, e.g. `roadside-n, int8-fused`: its texts before the first figure. */
export function subjectOf(row: Row): string {
  const cells = Object.values(row);
  const figures = cells.findIndex((cell) => typeof cell !== 'string');
  return cells.slice(0, figures < 0 ? cells.length : figures).join(', ');
}
