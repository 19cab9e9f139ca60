import { quotedName } from '../../foundation/sql-quotes.js';
import type { TableFacts } from '../advisor/candidates.js';
import type { Workbench } from './workbench.js';

/** Rows by which a column is judged. */
const SAMPLE = 20_000;

/** Of the copy, each looked at once. */
export function tableFacts({ sqlite }: Workbench): TableFacts {
  const known = new Map<string, number>();
  const once = (key: string, sql: string): number => {
    const value = known.get(key) ?? sqlite.prepare<[], { n: number | null }>(sql).get()?.n ?? 0;
    known.set(key, value);
    return value;
  };
  return {
    distinct: (table, column) =>
      once(
        `${table}\0${column}`,
        `SELECT count(DISTINCT c) AS n FROM (SELECT ${quotedName(column)} AS c FROM ${quotedName(table)} LIMIT ${SAMPLE})`,
      ),
    share: (table, condition) =>
      once(
        `${table}\0${condition}`,
        `SELECT avg(${condition}) AS n FROM (SELECT * FROM ${quotedName(table)} LIMIT ${SAMPLE})`,
      ),
  };
}
