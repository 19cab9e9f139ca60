import type { Schema, TableSchema } from '../sql/schema.js';
import type { TableUse } from '../sql/table-use.js';

/** What querySmells tells, by its codes. */
const SMELLS = [
  'full-scan',
  'temporary-sort',
  'automatic-index',
  'leading-wildcard',
  'function-on-column',
  'select-star',
  'no-limit',
  'one-by-one',
  'lock-waits',
  'many-errors',
  'temporary-files',
] as const;

/** Something about a query that often costs time, with what to do about it. */
export interface QuerySmell {
  readonly code: (typeof SMELLS)[number];
  /** What was seen, with names and numbers. */
  readonly seen: string;
  readonly remedy: string;
}

/** Columns from which on `SELECT *` reads what nobody asked for. */
const WIDE_COLUMNS = 12;
/** Rows a call from which on a query without LIMIT is told. */
const MANY_ROWS = 1000;

/** It reads a table from its first row to its last. */
export const fullScan = (table: string): QuerySmell => ({
  code: 'full-scan',
  seen: `reads every row of ${table}`,
  remedy: 'an index on what it is searched by: `db advise` finds it',
});

/** It sorts what an index could give in order. @param by what it is sorted for, in words */
export const temporarySort = (by: string): QuerySmell => ({
  code: 'temporary-sort',
  seen: `sorts what it found ${by}`,
  remedy: 'an index whose last columns are in that order: `db advise` finds it',
});

/** It compares what a function makes of a column that has an index. */
export const functionOnColumn = (name: string, column: string): QuerySmell => ({
  code: 'function-on-column',
  seen: `compares ${name}(${column}): the index on ${column} is of no use for that`,
  remedy: `compare ${column} itself, or make an index on ${name}(${column})`,
});

/** It reads each column of a table that has many. @returns nothing where none of its tables does */
export function selectStar(uses: readonly TableUse[], schema: Schema | null): QuerySmell[] {
  const wide = uses
    .map(({ table }) => schema?.table(table))
    .find((table): table is TableSchema => (table?.columns.length ?? 0) >= WIDE_COLUMNS);
  if (wide === undefined) return [];
  return [
    {
      code: 'select-star',
      seen: `reads all ${wide.columns.length} columns of ${wide.name}`,
      remedy: 'name the columns that are used: fewer bytes, and an index may hold them all',
    },
  ];
}

/** It hands out many rows, and says no bound. @returns nothing where they are few */
export function noLimit({ calls, rows }: { readonly calls: number; readonly rows: number }): QuerySmell[] {
  const each = calls === 0 ? 0 : rows / calls;
  if (each < MANY_ROWS) return [];
  return [
    {
      code: 'no-limit',
      seen: `hands out ${Math.round(each)} rows a call, without a LIMIT`,
      remedy: 'a LIMIT, and the rest page by page: WHERE key > the last one seen',
    },
  ];
}
