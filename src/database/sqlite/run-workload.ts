import { explain } from '../../foundation/errors.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { QueryMonitor } from '../monitor/query-monitor.js';
import type { QueryStatistics } from '../monitor/query-record.js';
import { isWithoutRows } from '../sql/parser.js';
import { statementUse } from '../sql/statement-use.js';
import { monitoredConnection } from './monitored-connection.js';
import { readSchema } from './read-schema.js';
import { listedParameters, sampleParameters } from './sample-parameters.js';

/** What became of a workload that was run. */
export interface WorkloadRun {
  /** As often as the workload says each statement comes; times of the runs that were made. */
  readonly queries: readonly QueryStatistics[];
  /** Statements that could not be run, with why. */
  readonly failed: readonly { readonly sql: string; readonly why: string }[];
}

/** Sets of values that a statement is run with where its own are not known. */
const EXAMPLES = 3;

/**
 * Runs what a workload reads, once for each example, to see how long it takes and how it is planned;
 * what would change the database, or neither reads nor writes rows, is left out.
 *
 * @param sqlite is only read
 */
export function runWorkload(
  sqlite: SqliteConnection,
  workload: readonly WorkloadStatement[],
  slowMs: number,
): WorkloadRun {
  const schema = readSchema(sqlite);
  const queries: QueryStatistics[] = [];
  const failed: { sql: string; why: string }[] = [];
  for (const { sql, count, examples = [] } of workload) {
    if (isWithoutRows(sql)) continue;
    // a monitor each, so that the count is the workload's and not that of the runs; all is slow to it: it gets each plan
    const monitor = new QueryMonitor({ slowMs: Number.MIN_VALUE });
    try {
      const use = statementUse(sql, schema);
      const statement = monitoredConnection(sqlite, monitor).prepare(sql);
      if (!statement.readonly) continue;
      const asked = use?.parameters ?? [];
      const values =
        examples.length > 0
          ? examples.map((example) => listedParameters(asked, example))
          : sampleParameters(asked, sqlite, EXAMPLES);
      const plain = sqlite.prepare(sql);
      for (const parameters of values) {
        const list = Array.isArray(parameters) ? parameters : [parameters];
        // the first run reads the pages that every other one finds in memory
        drain(plain.iterate(...list));
        drain(statement.iterate(...list));
      }
      queries.push(...monitor.statistics().map((query) => weighed(query, count, slowMs)));
    } catch (error) {
      failed.push({ sql, why: explain(error) });
    }
  }
  return { queries: shared(queries), failed };
}

/** Takes row after row, so that a table of any size takes no memory. */
function drain(rows: Iterable<unknown>): void {
  for (const _row of rows);
}

function weighed(query: QueryStatistics, count: number, slowMs: number): QueryStatistics {
  return {
    ...query,
    calls: count,
    rows: (query.rows / query.calls) * count,
    totalMs: query.meanMs * count,
    slow: (query.slowest?.ms ?? 0) >= slowMs ? count : 0,
    bursts: 0,
  };
}

function shared(queries: readonly QueryStatistics[]): QueryStatistics[] {
  const total = queries.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return queries
    .map((query) => ({ ...query, share: total === 0 ? 0 : query.totalMs / total }))
    .sort((a, b) => b.totalMs - a.totalMs);
}
