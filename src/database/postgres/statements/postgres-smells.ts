import {
  fullScan,
  functionOnColumn,
  noLimit,
  type QuerySmell,
  selectStar,
  temporarySort,
} from '../../monitor/query-smell.js';
import type { Schema } from '../../sql/schema.js';
import type { PostgresCatalog } from '../server/postgres-catalog.js';
import { type PlanNode, planNodes, SMALL_ROWS } from '../server/postgres-plan.js';
import type { Node, PostgresGrammar } from './postgres-grammar.js';
import { constantOf, stringOf } from './postgres-predicates.js';
import type { PostgresStatementUse } from './postgres-statement-use.js';

const COMPARISONS = /^(AEXPR_OP|AEXPR_IN|AEXPR_OP_ANY|AEXPR_BETWEEN|AEXPR_LIKE)$/;

/** A query of PostgreSQL as its smells are judged by. */
export interface JudgedQuery {
  readonly sql: string;
  readonly use: PostgresStatementUse | null;
  readonly calls: number;
  readonly rows: number;
  readonly temporaryPages: number;
  readonly plan: PlanNode | null;
}

/** What is wrong with a query, by its plan, its text and its numbers. */
export function postgresSmells(query: JudgedQuery, catalog: PostgresCatalog, grammar: PostgresGrammar): QuerySmell[] {
  return [
    ...(query.plan === null ? [] : smellsOfPlan(query.plan, catalog)),
    ...(query.use === null ? [] : smellsOfText(query, query.use, catalog.schema, grammar)),
    ...smellsOfSpill(query),
  ];
}

function smellsOfPlan(root: PlanNode, catalog: PostgresCatalog): QuerySmell[] {
  const found = planNodes(root).flatMap((node): QuerySmell[] => {
    const table = node['Relation Name'];
    if (node['Node Type'] === 'Seq Scan' && table !== undefined && node.Filter !== undefined) {
      const rows = catalog.table(table)?.rows ?? 0;
      if (rows < SMALL_ROWS) return [];
      return [fullScan(table)];
    }
    if (node['Node Type'] !== 'Sort' || !readsOneTable(node) || (node.Plans?.[0]?.['Plan Rows'] ?? 0) < SMALL_ROWS)
      return [];
    return [temporarySort(`by ${node['Sort Key']?.join(', ') ?? 'its columns'}`)];
  });
  const seen = new Set<string>();
  return found.filter((smell) => !seen.has(smell.seen) && seen.add(smell.seen));
}

/** What comes from a join or a sum no index has in order. */
const readsOneTable = (node: PlanNode): boolean => /Scan$/.test(node.Plans?.[0]?.['Node Type'] ?? '');

function smellsOfText(
  query: JudgedQuery,
  use: PostgresStatementUse,
  schema: Schema,
  grammar: PostgresGrammar,
): QuerySmell[] {
  const stmt = grammar.parse(query.sql)[0]!.stmt;
  const found: QuerySmell[] = [];
  const indexed = new Set(
    use.uses
      .flatMap(({ table }) => schema.table(table)?.indexes ?? [])
      .flatMap(({ columns }) => columns.map(({ name }) => name)),
  );
  for (const { name, column } of comparedCalls(stmt)) {
    if (!indexed.has(column)) continue;
    found.push(functionOnColumn(name, column));
  }
  if (likesAnyBeginning(stmt)) {
    found.push({
      code: 'leading-wildcard',
      seen: 'LIKE with a pattern that begins with %: no B-tree finds that',
      remedy: 'an index of pg_trgm: CREATE INDEX ... USING gin (column gin_trgm_ops); or full-text search',
    });
  }
  if (!('SelectStmt' in stmt)) return found;
  const { targetList = [], limitCount } = stmt.SelectStmt;
  if (targetList.some(isStar)) found.push(...selectStar(use.uses, schema));
  if (limitCount === undefined) found.push(...noLimit(query));
  return found;
}

function smellsOfSpill({ temporaryPages, calls }: JudgedQuery): QuerySmell[] {
  if (temporaryPages === 0 || calls === 0) return [];
  return [
    {
      code: 'temporary-files',
      seen: `writes ${Math.max(1, Math.round(temporaryPages / calls))} pages of temporary files a call`,
      remedy: 'fewer rows to sort or to join, by an index or a LIMIT; or a larger work_mem for whoever asks it',
    },
  ];
}

/** Functions of one column that are compared with something. */
function comparedCalls(stmt: Node): { readonly name: string; readonly column: string }[] {
  const found: { name: string; column: string }[] = [];
  visit(stmt, (kind, body) => {
    if (kind !== 'A_Expr' || !COMPARISONS.test(String(body.kind))) return;
    for (const side of [body.lexpr, body.rexpr] as (Node | undefined)[]) {
      if (side === undefined || !('FuncCall' in side)) continue;
      const { funcname, args = [] } = side.FuncCall;
      for (const arg of args) {
        const column = 'ColumnRef' in arg ? stringOf(arg.ColumnRef.fields?.at(-1)) : null;
        if (column !== null) found.push({ name: stringOf(funcname?.at(-1)) ?? '', column });
      }
    }
  });
  return found;
}

function likesAnyBeginning(stmt: Node): boolean {
  let isFound = false;
  visit(stmt, (kind, body) => {
    const pattern =
      kind === 'A_Expr' && /^AEXPR_I?LIKE$/.test(String(body.kind)) ? (body.rexpr as Node | undefined) : undefined;
    const constant = constantOf(pattern);
    if (constant?.isString && constant.text.startsWith('%')) isFound = true;
  });
  return isFound;
}

const isStar = (target: Node): boolean => {
  if (!('ResTarget' in target)) return false;
  const value = target.ResTarget.val;
  const last = value !== undefined && 'ColumnRef' in value ? value.ColumnRef.fields?.at(-1) : undefined;
  return last !== undefined && 'A_Star' in last;
};

/** Each node with its kind. */
function visit(node: unknown, each: (kind: string, body: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(node)) for (const entry of node) visit(entry, each);
  else if (typeof node === 'object' && node !== null) {
    for (const [kind, body] of Object.entries(node)) {
      if (typeof body !== 'object' || body === null) continue;
      if (!Array.isArray(body)) each(kind, body as Readonly<Record<string, unknown>>);
      visit(body, each);
    }
  }
}
