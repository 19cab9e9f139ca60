import type { WorkloadStatement } from '../../src/database/advisor/workload.js';

/** A database with what its application asks of it, and how it is made without indexes. */
export interface BenchDatabase {
  readonly name: string;
  readonly workload: readonly WorkloadStatement[];
  /** @returns why it cannot be made here; null where it lies in `file` now */
  readonly make: (file: string, data: string, rows: number) => string | null;
}
