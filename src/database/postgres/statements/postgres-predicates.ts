import { quotedName, quotedText } from '../../../foundation/sql-quotes.js';
import { columnInScope, type QueryScope, type QuerySource, type SourceColumn } from '../../sql/query-source.js';
import { columnOf } from '../../sql/schema.js';
import type { A_Expr, BoolExpr, ColumnRef, Node } from './postgres-grammar.js';

/** Which column a parameter is compared with, or put into, by its number. */
export type ComparedParameters = Map<
  number,
  { readonly table: string; readonly column: string /** All of `= ANY ($1)`. */; readonly list: boolean }
>;

/** Operators that a B-tree serves. */
const COMPARISONS = new Set(['=', '<', '<=', '>', '>=']);

/** Reads what has to hold for a row in PostgreSQL's writing, and notes at each source by which of its columns rows are found. */
export class PostgresPredicates {
  readonly #compared: ComparedParameters;

  constructor(compared: ComparedParameters) {
    this.#compared = compared;
  }

  read(node: Node | undefined, scope: QueryScope): void {
    if (node === undefined) return;
    if ('BoolExpr' in node) this.#logic(node.BoolExpr, scope);
    else if ('A_Expr' in node) this.#expression(node.A_Expr, scope);
    else if ('ColumnRef' in node) this.#flag(node, 'true', scope);
    else if ('BooleanTest' in node) {
      if (node.BooleanTest.booltesttype === 'IS_TRUE') this.#flag(node.BooleanTest.arg, 'true', scope);
      if (node.BooleanTest.booltesttype === 'IS_FALSE') this.#flag(node.BooleanTest.arg, 'false', scope);
    } else if ('NullTest' in node) {
      const column = columnOfNode(node.NullTest.arg, scope);
      if (!column?.own) return;
      const isNull = node.NullTest.nulltesttype === 'IS_NULL';
      if (isNull) column.source.constants.add(column.name);
      fixed(column, `IS ${isNull ? '' : 'NOT '}NULL`);
    } else if ('SubLink' in node && node.SubLink.subLinkType === 'ANY_SUBLINK') {
      const column = columnOfNode(node.SubLink.testexpr, scope);
      if (column?.own && node.SubLink.operName === undefined) column.source.constants.add(column.name);
    }
  }

  /** Notes that a value goes into a column, or is compared with it. */
  remember(value: Node | undefined, { source, name }: Pick<SourceColumn, 'source' | 'name'>, list = false): void {
    const number = parameterOf(value);
    if (number !== null && source.table !== null && !this.#compared.has(number))
      this.#compared.set(number, { table: source.table.name, column: name, list });
  }

  #logic({ boolop, args = [] }: BoolExpr, scope: QueryScope): void {
    if (boolop === 'AND_EXPR') for (const arg of args) this.read(arg, scope);
    else if (boolop === 'NOT_EXPR') this.#flag(args[0], 'false', scope);
    else for (const arg of args) this.#side(arg, scope);
  }

  #flag(node: Node | undefined, value: string, scope: QueryScope): void {
    const column = columnOfNode(node, scope);
    if (!column?.own) return;
    column.source.constants.add(column.name);
    fixed(column, `= ${value}`);
  }

  #expression({ kind, name, lexpr, rexpr }: A_Expr, scope: QueryScope): void {
    const operator = stringOf(name?.at(-1)) ?? '';
    const column = columnOfNode(lexpr, scope);
    switch (kind) {
      case 'AEXPR_OP':
        if (COMPARISONS.has(operator)) this.#comparison(operator, lexpr, rexpr, scope);
        return;
      case 'AEXPR_OP_ANY':
      case 'AEXPR_IN':
        // (a, b) IN ((1, 2), (3, 4))
        if (rowOf(lexpr) !== null && operator === '=')
          for (const row of itemsOf(rexpr)) this.#comparison(operator, lexpr, row, scope);
        if (!column?.own || operator !== '=') return;
        column.source.constants.add(column.name);
        for (const value of itemsOf(rexpr)) this.remember(value, column, value === rexpr);
        return;
      case 'AEXPR_BETWEEN':
        if (!column?.own) return;
        column.source.ranges.add(column.name);
        for (const end of itemsOf(rexpr)) this.remember(end, column);
        return;
      case 'AEXPR_LIKE': {
        if (!column?.own) return;
        this.remember(rexpr, column);
        // a range only in the collation C or with text_pattern_ops: the planner is asked
        const pattern = constantOf(rexpr);
        if (operator === '~~' && pattern?.isString && /^[^%_]/.test(pattern.text))
          column.source.ranges.add(column.name);
        return;
      }
      case 'AEXPR_ILIKE':
        if (column?.own) this.remember(rexpr, column);
        return;
      default:
    }
  }

  #comparison(operator: string, left: Node | undefined, right: Node | undefined, scope: QueryScope): void {
    const [lefts, rights] = [rowOf(left), rowOf(right)];
    if (lefts !== null && rights !== null) {
      // (a, b) > (1, 2) is searched by a; (a, b) = (1, 2) by both
      const searched = operator === '=' ? lefts.length : 1;
      for (let at = 0; at < searched; at += 1) this.#comparison(operator, lefts[at], rights[at], scope);
      return;
    }
    const [one, two] = [columnOfNode(left, scope), columnOfNode(right, scope)];
    const literal = literalOf(right);
    for (const [column, other, otherNode] of [
      [one, two, right],
      [two, one, left],
    ] as const) {
      if (!column?.own || (other?.own && other.source === column.source)) continue;
      if (operator !== '=') column.source.ranges.add(column.name);
      else if (other?.own) column.source.joins.add(column.name);
      else column.source.constants.add(column.name);
      this.remember(otherNode, column);
      if (literal !== null && operator === '=' && column === one) fixed(column, `= ${literal}`);
    }
  }

  /** Each side of an OR is searched on its own, where each has an index. */
  #side(node: Node, { sources, ...scope }: QueryScope): void {
    const blank = sources.map(
      (source): QuerySource => ({
        ...source,
        constants: new Set(),
        joins: new Set(),
        ranges: new Set(),
        conditions: new Map(),
        alternatives: [],
      }),
    );
    this.read(node, { ...scope, sources: blank });
    for (const [at, { constants, ranges, alternatives }] of blank.entries()) {
      if (constants.size + ranges.size > 0) sources[at]!.alternatives.push({ constants, ranges });
      sources[at]!.alternatives.push(...alternatives);
    }
  }
}

/** The column that a node is, of this query or of one around it; null where it is none of a table that is known. */
export function columnOfNode(node: Node | undefined, scope: QueryScope): SourceColumn | null {
  return node !== undefined && 'ColumnRef' in node ? columnOfReference(node.ColumnRef, scope) : null;
}

/** As `columnOfNode`; a `*` is no column. */
export function columnOfReference({ fields = [] }: ColumnRef, scope: QueryScope): SourceColumn | null {
  const names = fields.map(stringOf);
  const name = names.at(-1);
  if (name === null || name === undefined) return null;
  const alias = names.length > 1 ? names.at(-2)! : null;
  const isNamed = alias === null ? null : (source: QuerySource) => source.alias === alias;
  return columnInScope(scope, isNamed, (table) => columnOf(table, name));
}

/** The text of a `String` node. */
export const stringOf = (node: Node | undefined): string | null =>
  node !== undefined && 'String' in node ? (node.String.sval ?? '') : null;

/** The number of a parameter, whatever it is cast to. */
export function parameterOf(node: Node | undefined): number | null {
  if (node === undefined) return null;
  if ('TypeCast' in node) return parameterOf(node.TypeCast.arg);
  return 'ParamRef' in node ? (node.ParamRef.number ?? 0) : null;
}

function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  if ('List' in node) return node.List.items ?? [];
  return 'A_ArrayExpr' in node ? (node.A_ArrayExpr.elements ?? []) : [node];
}

const rowOf = (node: Node | undefined): readonly Node[] | null =>
  node !== undefined && 'RowExpr' in node ? (node.RowExpr.args ?? []) : null;

/** A constant as a text, and whether it is a string; null for NULL, and for what is no constant. */
export function constantOf(node: Node | undefined): { readonly text: string; readonly isString: boolean } | null {
  if (node === undefined || !('A_Const' in node) || node.A_Const.isnull) return null;
  const { ival, fval, sval, boolval } = node.A_Const;
  if (sval !== undefined) return { text: sval.sval ?? '', isString: true };
  if (boolval !== undefined) return { text: String(boolval.boolval ?? false), isString: false };
  // a zero is told by nothing
  const text = ival === undefined ? fval?.fval : String(ival.ival ?? 0);
  return text === undefined ? null : { text, isString: false };
}

function literalOf(node: Node | undefined): string | null {
  const constant = constantOf(node);
  if (constant === null) return null;
  return constant.isString ? quotedText(constant.text) : constant.text;
}

function fixed({ source, name }: SourceColumn, comparison: string): void {
  const sql = `${quotedName(name)} ${comparison}`;
  source.conditions.set(sql, { column: name, sql });
}
