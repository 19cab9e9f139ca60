import { quotedName, quotedText } from '../../foundation/sql-quotes.js';
import type { AstNode, Expr } from './parser.js';
import { collationOf, columnIn, noteCollation, type QueryScope, type SourceColumn } from './query-source.js';

/** Which column a parameter is compared with, or put into. */
export type ComparedWith = Map<AstNode, { readonly table: string; readonly column: string }>;

const COMPARISONS: Readonly<Record<string, string>> = {
  Equals: '=',
  Is: 'IS',
  IsNot: 'IS NOT',
  Less: '<',
  LessEquals: '<=',
  Greater: '>',
  GreaterEquals: '>=',
};
/** Reads what has to hold for a row, part by part, and notes at each source by which of its columns rows are found. */
export class PredicateReader {
  readonly #compared: ComparedWith;

  constructor(compared: ComparedWith) {
    this.#compared = compared;
  }

  read(expr: Expr, scope: QueryScope): void {
    if (expr.type === 'BinaryExpr' && expr.op === 'And') {
      this.read(expr.left, scope);
      this.read(expr.right, scope);
    } else if (expr.type === 'ParenthesizedExpr' && expr.exprs.length === 1) {
      this.read(expr.exprs[0]!, scope);
    } else {
      this.#predicate(expr, scope);
    }
  }

  #predicate(expr: Expr, scope: QueryScope): void {
    switch (expr.type) {
      case 'BinaryExpr':
        if (expr.op === 'Or') this.#either(expr, scope);
        else this.#comparison(expr, scope);
        return;
      case 'BetweenExpr': {
        const column = columnIn(expr.lhs, scope);
        if (column === null || !column.own || expr.not) return;
        column.source.ranges.add(column.name);
        noteCollation(column, collationOf(expr.lhs));
        for (const end of [expr.start, expr.end]) this.#remember(end, column);
        return;
      }
      case 'InListExpr':
      case 'InSelectExpr': {
        const column = columnIn(expr.lhs, scope);
        if (column === null || !column.own || expr.not) return;
        column.source.constants.add(column.name);
        noteCollation(column, collationOf(expr.lhs));
        if (expr.type === 'InListExpr') for (const value of expr.rhs ?? []) this.#remember(value, column);
        return;
      }
      case 'LikeExpr': {
        const column = columnIn(expr.lhs, scope);
        if (column === null || !column.own) return;
        this.#remember(expr.rhs, column);
        // LIKE is a range only for columns that compare without case, or where the database says so: the planner is asked
        if (!expr.not && expr.rhs.type === 'StringLiteral' && /^[^%_*?[]/.test(expr.rhs.value))
          column.source.ranges.add(column.name);
        return;
      }
      case 'IsNullExpr':
      case 'NotNullExpr': {
        const column = columnIn(expr.expr, scope);
        if (column === null || !column.own) return;
        if (expr.type === 'IsNullExpr') column.source.constants.add(column.name);
        this.#fixed(column, `IS ${expr.type === 'IsNullExpr' ? '' : 'NOT '}NULL`);
        return;
      }
      default:
    }
  }

  #comparison(expr: Extract<Expr, { type: 'BinaryExpr' }>, scope: QueryScope): void {
    const operator = COMPARISONS[expr.op];
    if (operator === undefined) return;
    const left = columnIn(expr.left, scope);
    const right = columnIn(expr.right, scope);
    const equal = operator === '=' || operator === 'IS';
    const literal = literalOf(expr.right);
    // of both the left one's
    const collation = collationOf(expr.left) ?? collationOf(expr.right);
    if (operator === 'IS NOT') {
      if (literal === 'NULL' && left?.own) this.#fixed(left, 'IS NOT NULL');
      return;
    }
    for (const [column, other, otherExpr] of [
      [left, right, expr.right],
      [right, left, expr.left],
    ] as const) {
      if (column === null || !column.own) continue;
      if (other?.own && other.source === column.source) continue;
      if (!equal) column.source.ranges.add(column.name);
      else if (other?.own) column.source.joins.add(column.name);
      else column.source.constants.add(column.name);
      noteCollation(column, collation);
      this.#remember(otherExpr, column);
      if (literal !== null && equal && column === left) this.#fixed(column, `${operator} ${literal}`);
    }
  }

  #fixed({ source, name }: SourceColumn, comparison: string): void {
    const sql = `${quotedName(name)} ${comparison}`;
    source.conditions.set(sql, { column: name, sql });
  }

  /** Each side of an OR is searched on its own, where each has an index. */
  #either(expr: Expr, scope: QueryScope): void {
    if (expr.type === 'BinaryExpr' && expr.op === 'Or') {
      this.#either(expr.left, scope);
      this.#either(expr.right, scope);
      return;
    }
    const before = scope.sources.map(({ constants, joins, ranges, conditions }) => ({
      constants: new Set(constants),
      joins: new Set(joins),
      ranges: new Set(ranges),
      conditions: new Map(conditions),
    }));
    this.read(expr, scope);
    for (const [index, source] of scope.sources.entries()) {
      const was = before[index]!;
      const constants = added(source.constants, was.constants);
      const ranges = added(source.ranges, was.ranges);
      if (constants.size + ranges.size > 0) source.alternatives.push({ constants, ranges });
      restore(source.constants, was.constants);
      restore(source.joins, was.joins);
      restore(source.ranges, was.ranges);
      for (const sql of source.conditions.keys()) if (!was.conditions.has(sql)) source.conditions.delete(sql);
    }
  }

  #remember(value: Expr, { source, name }: SourceColumn): void {
    if (value.type === 'VariableExpr' && source.table !== null)
      this.#compared.set(value, { table: source.table.name, column: name });
  }
}

function literalOf(expr: Expr): string | null {
  if (expr.type === 'NumericLiteral') return expr.value;
  if (expr.type === 'NullLiteral') return 'NULL';
  if (expr.type === 'StringLiteral') return quotedText(expr.value);
  return null;
}

const added = (now: ReadonlySet<string>, before: ReadonlySet<string>): Set<string> =>
  new Set([...now].filter((entry) => !before.has(entry)));

function restore(set: Set<string>, to: ReadonlySet<string>): void {
  for (const entry of set) if (!to.has(entry)) set.delete(entry);
}
