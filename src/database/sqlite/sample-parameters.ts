import { quotedName } from '../../foundation/sql-quotes.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { ParameterUse } from '../sql/table-use.js';
import type { Runnable } from './workbench.js';

/** For a LIMIT, and whatever is compared with no column. */
const NO_COLUMN_VALUE = 20;

/**
 * Values for the parameters of a statement whose own are not known: such as the columns hold that they are compared
 * with, those of one column in ascending order, as the two ends of a range are.
 *
 * @param sets how many sets of values
 * @param rows rows with a value by table and column, as far as they were counted: where nobody changes them, to be handed on from statement to statement
 */
export function sampleParameters(
  parameters: readonly ParameterUse[],
  sqlite: SqliteConnection,
  sets: number,
  rows: Map<string, number> = new Map(),
): Runnable['parameters'][] {
  if (parameters.length === 0) return [[]];
  const columns = new Map<string, { values: unknown[]; count: number }>();
  for (const { table, column } of parameters) {
    if (table === null || column === null) continue;
    const key = `${table}\0${column}`;
    const entry = columns.get(key) ?? { values: [], count: 0 };
    entry.count += 1;
    columns.set(key, entry);
  }
  for (const [key, entry] of columns) {
    const [table, column] = key.split('\0') as [string, string];
    if (!rows.has(key)) rows.set(key, rowsWith(sqlite, table, column));
    entry.values = valuesOf(sqlite, table, column, sets * entry.count, rows.get(key)!);
  }
  return Array.from({ length: sets }, (_, set) => oneSet(parameters, columns, set));
}

function oneSet(
  parameters: readonly ParameterUse[],
  columns: ReadonlyMap<string, { values: unknown[]; count: number }>,
  set: number,
): Runnable['parameters'] {
  const used = new Map<string, number>();
  const list: unknown[] = [];
  const named: Record<string, unknown> = {};
  for (const { name, table, column } of parameters) {
    const key = `${table}\0${column}`;
    const entry = columns.get(key);
    let value: unknown = NO_COLUMN_VALUE;
    if (entry !== undefined && entry.values.length > 0) {
      const nth = used.get(key) ?? 0;
      used.set(key, nth + 1);
      value = entry.values[Math.min(entry.values.length - 1, set * entry.count + nth)];
    }
    if (name === '?') list.push(value);
    else named[name.slice(1)] = value;
  }
  return withNames(list, named);
}

/** As the driver takes values: those of `?` in their order, then by name those of `:name` and, as `1`, of `?1`. */
const withNames = (list: readonly unknown[], named: Readonly<Record<string, unknown>>): Runnable['parameters'] =>
  Object.keys(named).length === 0 ? list : list.length === 0 ? named : [...list, named];

/** Values that were given as a list go to the parameters by SQLite's numbers, also where the statement names or numbers them. */
export function listedParameters(
  parameters: readonly ParameterUse[],
  values: Runnable['parameters'],
): Runnable['parameters'] {
  if (!Array.isArray(values) || values.some(isRecord) || parameters.every(({ name }) => name === '?')) return values;
  const numbers = new Map<string, number>();
  const list: unknown[] = [];
  const named: Record<string, unknown> = {};
  let last = 0;
  for (const { name } of parameters) {
    const number = /^\?\d+$/.test(name) ? Number(name.slice(1)) : (numbers.get(name) ?? last + 1);
    last = Math.max(last, number);
    const value: unknown = values[number - 1];
    if (name === '?') list.push(value);
    else {
      numbers.set(name, number);
      named[name.slice(1)] = value;
    }
  }
  return withNames(list, named);
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

function rowsWith(sqlite: SqliteConnection, table: string, column: string): number {
  return sqlite
    .prepare<[], { n: number }>(
      `SELECT count(*) AS n FROM ${quotedName(table)} WHERE ${quotedName(column)} IS NOT NULL`,
    )
    .get()!.n;
}

/** From all over the table: a table is filled by time, and its beginning is not like its end. */
function valuesOf(sqlite: SqliteConnection, table: string, column: string, count: number, rows: number): unknown[] {
  const at = sqlite.prepare<[number], { value: unknown }>(
    `SELECT ${quotedName(column)} AS value FROM ${quotedName(table)} WHERE ${quotedName(column)} IS NOT NULL LIMIT 1 OFFSET ?`,
  );
  return Array.from(
    { length: Math.min(count, rows) },
    (_, nth) => at.get(Math.floor(((nth + 0.5) / count) * rows))?.value,
  );
}
