import type { Node, SelectStmt } from './postgres-grammar.js';
import { constantOf, parameterOf } from './postgres-predicates.js';

/**
 * Values of parameters that can be told from GROUP BY and ORDER BY. What a statement groups by and hands out is the same expression; pg_stat_statements
 * writes `$1` for a literal where it is handed out, and leaves it as it was where it is grouped by: `SELECT date_trunc($1, at) ... GROUP BY date_trunc('day', at)`.
 *
 * @returns by the parameter's number
 */
export function groupedParameters({
  targetList = [],
  groupClause = [],
  sortClause = [],
}: SelectStmt): Map<number, string> {
  const values = new Map<number, string>();
  const terms = [...groupClause, ...sortClause.map((term) => ('SortBy' in term ? term.SortBy.node : term))];
  for (const target of targetList) {
    if (!('ResTarget' in target)) continue;
    for (const term of terms) {
      const found = new Map<number, string>();
      if (isAlike(target.ResTarget.val, term, found)) for (const [number, value] of found) values.set(number, value);
    }
  }
  return values;
}

/** Whether two expressions are the same but for parameters in the place of literals, which are noted. */
function isAlike(one: unknown, two: unknown, found: Map<number, string>): boolean {
  if (typeof one !== 'object' || typeof two !== 'object' || one === null || two === null) return one === two;
  const number = parameterOf(one as Node);
  const text = constantOf(two as Node)?.text ?? null;
  if (number !== null && text !== null) {
    found.set(number, text);
    return true;
  }
  const keys = (node: object): string[] => Object.keys(node).filter((key) => key !== 'location');
  return (
    keys(one).length === keys(two).length &&
    keys(one).every((key) =>
      isAlike((one as Record<string, unknown>)[key], (two as Record<string, unknown>)[key], found),
    )
  );
}
