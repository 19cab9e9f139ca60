import { createStatement } from '../../src/database/advisor/candidates.js';
import type { WorkloadStatement } from '../../src/database/advisor/workload.js';
import type { PostgresDatabase } from '../../src/database/postgres/postgres-database.js';
import { type ColumnStatistics, readColumnStatistics } from '../../src/database/postgres/server/column-statistics.js';
import { postgresStatementUse } from '../../src/database/postgres/statements/postgres-statement-use.js';
import type { TableUse } from '../../src/database/sql/table-use.js';

/** As pghero says of itself: smaller tables need none, two columns at most, none more where so few rows are left. */
const LEAST_ROWS = 500;
const MOST_COLUMNS = 2;
const ENOUGH_ROWS = 50;
/** Share of the rows that a comparison by < or > is thought to leave. */
const RANGE_SHARE = 1 / 3;

/**
 * Indexes as tools like pghero suggest them, from the statistics alone: for each statement about one table the columns that it compares, that which
 * leaves fewest rows in front, until few enough are left; the columns of ORDER BY where it compares none. Nobody asks the planner.
 */
export async function heuristicIndexes(
  { connection, catalog, grammar }: PostgresDatabase,
  workload: readonly WorkloadStatement[],
): Promise<string[]> {
  const statistics = await readColumnStatistics(
    connection,
    catalog,
    catalog.tables.map(({ name }) => name),
  );
  const made = workload.flatMap(({ sql }) => {
    const { uses } = postgresStatementUse(sql, catalog, grammar);
    const [use] = uses;
    if (use === undefined || uses.length !== 1) return [];
    const rows = catalog.table(use.table)?.rows ?? 0;
    const columns = rows < LEAST_ROWS ? [] : suggested(use, rows, statistics);
    const isKey = catalog.schema.table(use.table)?.indexes.some((index) => index.columns[0]?.name === columns[0]);
    if (columns.length === 0 || isKey) return [];
    const terms = columns.map((column) => ({ column, descending: false }));
    return [createStatement({ table: use.table, columns: terms, where: null, covering: false })];
  });
  return [...new Set(made)];
}

function suggested(use: TableUse, rows: number, statistics: ColumnStatistics): string[] {
  const shareOf = (column: string): number =>
    use.ranges.has(column) ? RANGE_SHARE : 1 / Math.max(1, statistics.distinct(use.table, column));
  const compared = [...new Set([...use.constants, ...use.ranges])].sort((a, b) => shareOf(a) - shareOf(b));
  if (compared.length === 0) return use.order.map(({ column }) => column).slice(0, 1);
  const columns: string[] = [];
  let left = rows;
  for (const column of compared) {
    columns.push(column);
    left *= shareOf(column);
    if (left < ENOUGH_ROWS || columns.length >= MOST_COLUMNS || use.ranges.has(column)) break;
  }
  return columns;
}
