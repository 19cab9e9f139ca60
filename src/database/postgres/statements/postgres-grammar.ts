import { missingPostgresPackages } from '../server/postgres-connection.js';

export type {
  A_Expr,
  BoolExpr,
  ColumnRef,
  CommonTableExpr,
  Node,
  RangeVar,
  SelectStmt,
  WithClause,
} from 'libpg-query';

import type { Node, ScanToken } from 'libpg-query';

/** A statement of a script. */
export interface ParsedStatement {
  readonly stmt: Node;
  readonly sql: string;
  /** What stands between the one before it and this: comments, the semicolon. */
  readonly before: string;
}

/** PostgreSQL's own grammar. */
export interface PostgresGrammar {
  /** @throws SqlError of PostgreSQL's parser */
  parse(sql: string): ParsedStatement[];
  /** Tokens with their place, in bytes of UTF-8; empty for what cannot be read. */
  tokens(sql: string): readonly ScanToken[];
}

/** @throws ConfigError where the package is missing */
export async function loadPostgresGrammar(): Promise<PostgresGrammar> {
  const library = await import('libpg-query').catch((cause) => {
    throw missingPostgresPackages(cause);
  });
  await library.loadModule();
  return {
    parse: (sql) => {
      const bytes = Buffer.from(sql);
      let end = 0;
      return (library.parseSync(sql).stmts ?? []).map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
        const before = bytes.subarray(end, from).toString();
        // none: up to the end of the script
        end = length === undefined || length === 0 ? bytes.length : from + length;
        return { stmt: stmt!, sql: bytes.subarray(from, end).toString().trim(), before };
      });
    },
    tokens: (sql) => {
      try {
        return library.scanSync(sql).tokens;
      } catch {
        return [];
      }
    },
  };
}
