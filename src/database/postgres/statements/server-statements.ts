import { explain } from '../../../foundation/errors.js';
import { extensionSchema, type PostgresCatalog } from '../server/postgres-catalog.js';
import { OWN_MARK, type PostgresConnection, PostgresError, type PostgresRow } from '../server/postgres-connection.js';
import type { PostgresGrammar } from './postgres-grammar.js';
import { type PostgresStatementUse, postgresStatementUse } from './postgres-statement-use.js';

/** A kind of statement as the server counted it. */
export interface ServerStatement {
  /** With `$1` for its values. */
  readonly sql: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly slowestMs: number;
  readonly rows: number;
  /** Pages that it wrote into temporary files. */
  readonly temporaryPages: number;
  /** Null where the grammar does not read it. */
  readonly use: PostgresStatementUse | null;
}

/** What a server was asked, and why not all of that is known. */
export interface ServerStatements {
  /** Null where the server does not count; that of most time first. */
  readonly statements: readonly ServerStatement[] | null;
  readonly notes: readonly string[];
}

interface StatementRow extends PostgresRow {
  readonly query: string;
  readonly calls: number;
  readonly total: number;
  readonly slowest: number;
  readonly rows: number;
  readonly temporary: number;
}

/** Kinds that are read, those of most time first. */
const MOST = 500;
const HOW =
  "have it loaded (shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, and a restart), then CREATE EXTENSION pg_stat_statements";
const HIDDEN = '<insufficient privilege>';
const DATA = /^\s*(?:\/\*[\s\S]*?\*\/\s*|--[^\n]*\n\s*|\()*(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|TABLE)\b/i;

/**
 * Reads pg_stat_statements, of this database alone. Commands other than reading and changing rows are left out: they may hold passwords;
 * so is what is asked of the server's own tables, by us and by others who watch it.
 */
export async function readServerStatements(
  connection: PostgresConnection,
  catalog: PostgresCatalog,
  grammar: PostgresGrammar,
): Promise<ServerStatements> {
  const namespace = await extensionSchema(connection, 'pg_stat_statements');
  if (namespace === null)
    return { statements: null, notes: [`no queries are known, as pg_stat_statements is not there: ${HOW}`] };
  let rows: StatementRow[];
  try {
    rows = await connection.rows<StatementRow>(
      `SELECT query, sum(calls)::float8 AS calls, sum(total_exec_time)::float8 AS total, max(max_exec_time)::float8 AS slowest,
        sum(rows)::float8 AS rows, sum(temp_blks_written)::float8 AS temporary
      FROM ${namespace}.pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        ${connection.version >= 140_000 ? 'AND toplevel' : ''} AND query NOT LIKE $1
      GROUP BY query ORDER BY 3 DESC LIMIT ${MOST}`,
      [`%${OWN_MARK}%`],
    );
  } catch (error) {
    const how = error instanceof PostgresError && error.sqlState === '55000' ? `: ${HOW}` : '';
    return { statements: null, notes: [`pg_stat_statements cannot be read (${explain(error)})${how}`] };
  }
  const seen = rows.filter(({ query }) => query !== HIDDEN);
  const statements = seen
    .filter(({ query }) => DATA.test(query))
    .map(({ query, calls, total, slowest, rows: count, temporary }) => ({
      sql: query,
      calls,
      totalMs: total,
      slowestMs: slowest,
      rows: count,
      temporaryPages: temporary,
      use: useOf(query, catalog, grammar),
    }))
    .filter(({ use }) => use === null || !isOfServer(use));
  const notes =
    seen.length === rows.length
      ? []
      : [
          `${rows.length - seen.length} kinds of queries of other users are hidden: GRANT pg_read_all_stats TO CURRENT_USER, by a superuser`,
        ];
  return { statements, notes };
}

/** Somebody looks after the server, or sets it up. */
function isOfServer({ uses, writes, strangers, functions }: PostgresStatementUse): boolean {
  if (uses.length + writes.length > 0) return false;
  const all = [...functions].every((name) => SERVERS.test(name));
  return [...strangers].some((name) => SERVERS.test(name)) || (functions.size > 0 && strangers.size === 0 && all);
}

const SERVERS = /^(pg_|information_schema\.|hypopg|current_setting$|set_config$|version$)/;

function useOf(sql: string, catalog: PostgresCatalog, grammar: PostgresGrammar): PostgresStatementUse | null {
  try {
    return postgresStatementUse(sql, catalog, grammar);
  } catch {
    return null;
  }
}
