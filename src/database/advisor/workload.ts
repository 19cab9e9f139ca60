/** What a database is asked, by which its indexes are judged. */
export interface WorkloadStatement {
  readonly sql: string;
  /** How often, in the time that the workload stands for. */
  readonly count: number;
  /** Values that it was run with; none: such as the columns hold are taken. */
  readonly examples?: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[];
}

/** @throws TypeError for what is no workload, as a program in plain JavaScript may hand it over */
export function checkedWorkload(workload: readonly WorkloadStatement[]): readonly WorkloadStatement[] {
  if (!Array.isArray(workload)) {
    throw new TypeError(`the workload: expected a list of { sql, count }, got ${typeof workload}`);
  }
  workload.forEach((statement: Partial<WorkloadStatement> | null, at) => {
    if (typeof statement?.sql !== 'string') {
      throw new TypeError(`the workload: expected { sql, count } at ${at}, got no text as sql`);
    }
    if (!Number.isFinite(statement.count) || statement.count! < 0) {
      throw new TypeError(`the workload: expected how often as count at ${at}, got ${String(statement.count)}`);
    }
  });
  return workload;
}
