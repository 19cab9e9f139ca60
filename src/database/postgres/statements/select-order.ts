import type { QueryScope } from '../../sql/query-source.js';
import type { Node, SelectStmt } from './postgres-grammar.js';
import { columnOfNode, stringOf } from './postgres-predicates.js';

/** Notes what a query is sorted by, else grouped by, else distinct in: that of one table alone is what an index can give. */
export function noteOrder(
  { sortClause, groupClause, distinctClause, targetList = [] }: SelectStmt,
  scope: QueryScope,
): void {
  const results = targetList.flatMap((target) => ('ResTarget' in target ? [target.ResTarget] : []));
  const terms = (sortClause ?? groupClause ?? distinctTerms(distinctClause, results)).map((term) => {
    const sort = 'SortBy' in term ? term.SortBy : null;
    const descending = sort?.sortby_dir === 'SORTBY_DESC';
    const nulls = sort?.sortby_nulls ?? 'SORTBY_NULLS_DEFAULT';
    // an index has its nulls where its direction puts them
    const isUsual = nulls === 'SORTBY_NULLS_DEFAULT' || (nulls === 'SORTBY_NULLS_FIRST') === descending;
    const column = columnOfNode(resultOf(sort === null ? term : sort.node, results), scope);
    return { column: isUsual ? column : null, descending };
  });
  const source = terms[0]?.column?.source;
  if (source === undefined || !terms.every(({ column }) => column?.source === source && column.own)) return;
  source.order = terms.map(({ column, descending }) => ({ column: column!.name, descending }));
}

interface ResultColumn {
  readonly name?: string;
  readonly val?: Node;
}

/** DISTINCT ON names its columns; a plain DISTINCT, which is one empty node, means all that is told. */
function distinctTerms(clause: readonly Node[] | undefined, results: readonly ResultColumn[]): readonly Node[] {
  if (clause === undefined) return [];
  if (clause.some((node) => Object.keys(node).length > 0)) return clause;
  return results.flatMap(({ val }) => (val === undefined ? [] : [val]));
}

/** A number or an alias in ORDER BY stands for a result column. */
function resultOf(node: Node | undefined, results: readonly ResultColumn[]): Node | undefined {
  if (node === undefined) return node;
  if ('A_Const' in node && node.A_Const.ival !== undefined) return results[(node.A_Const.ival.ival ?? 0) - 1]?.val;
  if (!('ColumnRef' in node) || node.ColumnRef.fields?.length !== 1) return node;
  const name = stringOf(node.ColumnRef.fields[0]);
  return results.find((result) => result.name !== undefined && result.name === name)?.val ?? node;
}
