import type { Expr } from './parser.js';
import { columnOf, type TableSchema } from './schema.js';
import type { ColumnCondition, IndexColumn, TableUse } from './table-use.js';

/** An appearance of a table, which fills as the statement is read. */
export interface QuerySource {
  /** By which columns name it. */
  readonly alias: string;
  /** Null for a subquery or a common table expression: its columns are not looked at. */
  readonly table: TableSchema | null;
  readonly constants: Set<string>;
  readonly joins: Set<string>;
  readonly ranges: Set<string>;
  readonly needed: Set<string>;
  readonly conditions: Map<string, ColumnCondition>;
  /** By what other rule than its own a column is compared. */
  readonly collations: Map<string, string>;
  order: IndexColumn[];
  /** Of each side of an OR. */
  readonly alternatives: { readonly constants: Set<string>; readonly ranges: Set<string> }[];
}

/** What names mean at one place of a statement. */
export interface QueryScope {
  readonly sources: QuerySource[];
  readonly outer: QueryScope | null;
  /** Names of common table expressions in reach. */
  readonly withheld: ReadonlySet<string>;
}

/** A column that was found in a scope. */
export interface SourceColumn {
  readonly source: QuerySource;
  readonly name: string;
  /** False: of a query around this one, which is known when this one runs. */
  readonly own: boolean;
}

/** One of which nothing was read yet. */
export const emptySource = (alias: string, table: TableSchema | null): QuerySource => ({
  alias,
  table,
  constants: new Set(),
  joins: new Set(),
  ranges: new Set(),
  needed: new Set(),
  conditions: new Map(),
  collations: new Map(),
  order: [],
  alternatives: [],
});

/** A use for the whole, and one for each side of an OR. */
export function usesOf(source: QuerySource): TableUse[] {
  const table = source.table!.name;
  const { constants, joins, ranges, order, needed, collations } = source;
  const conditions = [...source.conditions.values()];
  const whole = { table, constants, joins, ranges, order, needed, conditions, collations };
  const sides = source.alternatives.map((side) => ({
    table,
    constants: new Set([...constants, ...side.constants]),
    joins,
    ranges: new Set([...ranges, ...side.ranges]),
    order: [],
    needed,
    conditions,
    collations,
  }));
  return [whole, ...sides];
}

/** The column that an expression is, of this query or of one around it; null where it is none of a table that is known. */
export function columnIn(expr: Expr, scope: QueryScope): SourceColumn | null {
  if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) return columnIn(expr.exprs[0]!, scope);
  if (expr.type === 'CollateExpr') return columnIn(expr.expr, scope);
  const name =
    expr.type === 'QualifiedExpr'
      ? expr.column.text
      : expr.type === 'NameExpr'
        ? expr.name.text
        : expr.type === 'Id'
          ? expr.name
          : null;
  if (name === null) return null;
  const alias = expr.type === 'QualifiedExpr' ? expr.table.text.toLowerCase() : null;
  return columnInScope(
    scope,
    alias === null ? null : (source) => source.alias.toLowerCase() === alias,
    (table) => columnOf(table, name) ?? (/^(rowid|oid|_rowid_)$/i.test(name) ? table.rowid : null),
  );
}

/**
 * What a column's name means: the nearest source that has such a column, of this query or of one around it.
 *
 * @param isNamed whether a source is the one that the name says; null: it says none
 * @param columnIn as the table spells the column; null where it has none
 */
export function columnInScope(
  scope: QueryScope,
  isNamed: ((source: QuerySource) => boolean) | null,
  columnIn: (table: TableSchema) => string | null,
): SourceColumn | null {
  for (let at: QueryScope | null = scope; at !== null; at = at.outer) {
    for (const source of at.sources) {
      if (isNamed?.(source) === false) continue;
      if (source.table === null) {
        if (isNamed !== null) return null;
        continue;
      }
      const column = columnIn(source.table);
      if (column !== null) return { source, name: column, own: at === scope };
    }
  }
  return null;
}

/** The rule that an expression says texts are compared by; null where it says none. */
export function collationOf(expr: Expr): string | null {
  if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) return collationOf(expr.exprs[0]!);
  return expr.type === 'CollateExpr' ? expr.collation : null;
}

/** Notes by what rule a column is compared where that is not its own. */
export function noteCollation({ source, name }: SourceColumn, collation: string | null): void {
  if (collation !== null) source.collations.set(name, collation);
}

/** `*`: all columns of these are read. */
export function needAllOf(sources: readonly QuerySource[]): void {
  for (const source of sources) for (const column of source.table?.columns ?? []) source.needed.add(column);
}

/** `USING (name)`: the column joins all of these that have it. */
export function joinUsing(name: string, sources: readonly QuerySource[]): void {
  for (const source of sources) {
    const column = source.table === null ? null : columnOf(source.table, name);
    if (column === null) continue;
    source.joins.add(column);
    source.needed.add(column);
  }
}
