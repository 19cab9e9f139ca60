import { parseStmt, type Stmt, traverse } from 'sqlite3-parser';

export type {
  AstNode,
  Expr,
  FromClause,
  Name,
  OneSelect,
  QualifiedName,
  Select,
  SelectFrom,
  SelectTable,
  SortedColumn,
  Stmt,
  With,
} from 'sqlite3-parser';
export { traverse };

/** One statement as SQLite's own grammar reads it; null where it reads none. */
export function parseStatement(sql: string): Stmt | null {
  const result = parseStmt(sql, { allowTrailing: true });
  return result.status === 'ok' ? (result.root as Stmt) : null;
}
