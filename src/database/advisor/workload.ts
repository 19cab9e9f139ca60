/** What a database is asked, by which its indexes are judged. */
export interface WorkloadStatement {
  readonly sql: string;
  /** How often, in the time that the workload stands for. */
  readonly count: number;
  /** Values that it was run with; none: such as the columns hold are taken. */
  readonly examples?: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[];
}
