import { missingPostgresPackages } from './postgres-connection.js';

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

/** A statement of a script with the bytes of the script that it takes. */
export interface ParsedStatement {
  readonly stmt: Node;
  readonly sql: string;
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
      return (library.parseSync(sql).stmts ?? []).map(({ stmt, stmt_location: from = 0, stmt_len: length }) => ({
        stmt: stmt!,
        sql: bytes
          .subarray(from, length === undefined || length === 0 ? undefined : from + length)
          .toString()
          .trim(),
      }));
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
