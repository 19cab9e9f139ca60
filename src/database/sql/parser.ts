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

const ROW_STATEMENTS: ReadonlySet<string> = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt']);

/**
 * Whether a statement is surely none that reads or writes rows: it begins or ends a transaction, sets the database up, attaches another one, asks for
 * a plan. Indexes do nothing for it, and none is carried out. False as well for what the grammar does not read.
 */
export function isWithoutRows(sql: string): boolean {
  const stmt = parseStatement(sql);
  return stmt !== null && !ROW_STATEMENTS.has(stmt.type);
}

/** A statement of a script, with the comments and blanks above it. */
export interface ScriptStatement {
  readonly sql: string;
  readonly before: string;
}

/** Splits a script into its statements; `refuse` is told the line, from 1, and why a statement cannot be read. */
export type SplitScript = (script: string, refuse: (line: number, why: string) => void) => ScriptStatement[];

/**
 * Splits a script into its statements, where SQLite's grammar ends them.
 *
 * @param refuse told the line, from 1, and why a statement cannot be read: the rest of the script is left then
 */
export function parseScript(script: string, refuse: (line: number, why: string) => void): ScriptStatement[] {
  const statements: ScriptStatement[] = [];
  let at = 0;
  for (;;) {
    const before = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/.exec(script.slice(at))![0];
    at += before.length;
    if (at >= script.length) return statements;
    const rest = script.slice(at);
    const result = parseStmt(rest, { allowTrailing: true });
    if (result.status === 'error') {
      refuse(script.slice(0, at).split('\n').length, result.errors[0]?.message ?? 'no SQL');
      return statements;
    }
    const { offset, length } = result.root.span;
    statements.push({ sql: rest.slice(offset, offset + length), before });
    at += Math.max(1, offset + length);
  }
}
