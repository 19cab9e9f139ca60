import { sum } from '../../../foundation/statistics.js';
import type { TableFacts } from '../../advisor/candidates.js';
import type { PostgresCatalog } from './postgres-catalog.js';
import type { PostgresConnection, PostgresRow } from './postgres-connection.js';

interface ColumnRow extends PostgresRow {
  readonly namespace: string;
  readonly relation: string;
  readonly column: string;
  /** Negative: a share of the rows. */
  readonly distinct: number;
  readonly nulls: number;
  readonly common: readonly string[] | null;
  readonly shares: readonly number[] | null;
  readonly bounds: readonly string[] | null;
}

/** What the planner knows of the values of columns (`pg_stats`), as whoever asks may see it. */
export class ColumnStatistics implements TableFacts {
  readonly #columns: ReadonlyMap<string, ColumnRow>;
  readonly #catalog: PostgresCatalog;

  constructor(rows: readonly ColumnRow[], catalog: PostgresCatalog) {
    this.#columns = new Map(rows.map((row) => [keyOf(catalog.nameOf(row.namespace, row.relation), row.column), row]));
    this.#catalog = catalog;
  }

  distinct(table: string, column: string): number {
    const distinct = this.#columns.get(keyOf(table, column))?.distinct ?? 0;
    return distinct >= 0 ? distinct : -distinct * Math.max(1, this.#catalog.table(table)?.rows ?? 1);
  }

  /** Of a condition that compares one column with a literal; 1 where nothing is known. */
  share(table: string, condition: string): number {
    const [, name = '', operator = '', literal = ''] = CONDITION.exec(condition) ?? [];
    const row = this.#columns.get(keyOf(table, name.replaceAll('""', '"')));
    if (row === undefined) return 1;
    if (operator === 'IS') return literal === 'NULL' ? row.nulls : 1 - row.nulls;
    const at = row.common?.indexOf(textOfLiteral(literal)) ?? -1;
    if (at >= 0) return row.shares?.[at] ?? 1;
    const known = sum(row.shares ?? []);
    return Math.max(0, 1 - row.nulls - known);
  }

  /**
   * Values such as a column has: of its whole range where they are many, else the most common ones.
   *
   * @param nth of the parameters that are compared with the column: the next value, as the two ends of a range are
   * @returns null where nothing is known
   */
  value(table: string, column: string, set: number, sets: number, nth: number): string | null {
    const { bounds, common } = this.#columns.get(keyOf(table, column)) ?? { bounds: null, common: null };
    if (bounds !== null && bounds.length > 0) {
      const at = Math.round(((set + 0.5) / sets) * (bounds.length - 1)) + nth;
      return bounds[Math.min(bounds.length - 1, at)]!;
    }
    return common === null || common.length === 0 ? null : common[(set + nth) % common.length]!;
  }
}

const CONDITION = /^"((?:[^"]|"")*)" (=|IS) (.*)$/s;
const keyOf = (table: string, column: string): string => `${table}\0${column}`;

/** As pg_stats writes it: texts without quotes, `t` and `f`. */
function textOfLiteral(literal: string): string {
  if (literal === 'true' || literal === 'false') return literal[0]!;
  return literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
}

/** Of the tables that the catalog knows. */
export async function readColumnStatistics(
  connection: PostgresConnection,
  catalog: PostgresCatalog,
  tables: Iterable<string>,
): Promise<ColumnStatistics> {
  const wanted = [...tables].flatMap((name) => catalog.table(name) ?? []);
  if (wanted.length === 0) return new ColumnStatistics([], catalog);
  const rows = await connection.rows<ColumnRow>(
    `SELECT schemaname AS namespace, tablename AS relation, attname AS "column", n_distinct::float8 AS "distinct",
      null_frac::float8 AS nulls, array_to_json(most_common_vals::text::text[]) AS common,
      array_to_json(most_common_freqs) AS shares, array_to_json(histogram_bounds::text::text[]) AS bounds
    FROM pg_stats WHERE (schemaname, tablename) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND NOT inherited`,
    [wanted.map(({ namespace }) => namespace), wanted.map(({ relation }) => relation)],
  );
  return new ColumnStatistics(rows, catalog);
}
