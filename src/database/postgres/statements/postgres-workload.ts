import { explain } from '../../../foundation/errors.js';
import type { WorkloadStatement } from '../../advisor/workload.js';
import { readWorkload } from '../../advisor/workload-file.js';
import type { ScriptStatement } from '../../sql/parser.js';
import { tablesOf } from '../../sql/table-use.js';
import type { PostgresDatabase } from '../postgres-database.js';
import { type ColumnStatistics, readColumnStatistics } from '../server/column-statistics.js';
import { loadPostgresGrammar, type PostgresGrammar } from './postgres-grammar.js';
import { type PostgresStatementUse, postgresStatementUse } from './postgres-statement-use.js';
import type { RunnableStatement } from './run-postgres-workload.js';
import type { ServerStatement } from './server-statements.js';
import { valuedStatements } from './statement-values.js';

/** Sets of values that a statement is tried with where its own are not known. */
const EXAMPLES = 3;

/**
 * Reads a workload, as `readWorkload`, in PostgreSQL's grammar.
 *
 * @throws ConfigError with every problem, and where the grammar's package is missing
 */
export async function readPostgresWorkload(text: string, file: string): Promise<WorkloadStatement[]> {
  const grammar = await loadPostgresGrammar();
  return readWorkload(text, file, (script, refuse) => scriptStatements(script, grammar, refuse));
}

function scriptStatements(
  script: string,
  grammar: PostgresGrammar,
  refuse: (line: number, why: string) => void,
): ScriptStatement[] {
  try {
    return grammar.parse(script).map(({ sql, before }) => {
      const comments = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(sql)![0];
      return { sql: sql.slice(comments.length), before: before + comments };
    });
  } catch (error) {
    const at = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition ?? 0;
    refuse(script.slice(0, at).split('\n').length, explain(error));
    return [];
  }
}

/** What a server counted, as a workload. */
export const serverWorkload = (statements: readonly ServerStatement[]): WorkloadStatement[] =>
  statements.map(({ sql, calls }) => ({ sql, count: calls }));

/** A workload that can be planned and run. */
export interface ReadWorkload {
  readonly statements: readonly RunnableStatement[];
  readonly statistics: ColumnStatistics;
  /** Statements that were left out, with why. */
  readonly unread: readonly { readonly sql: string; readonly why: string }[];
}

/** Reads each statement in PostgreSQL's grammar, and gives it values. */
export async function readStatements(
  { connection, catalog, grammar }: PostgresDatabase,
  workload: readonly WorkloadStatement[],
): Promise<ReadWorkload> {
  const unread: { sql: string; why: string }[] = [];
  const read = workload.flatMap((statement): { statement: WorkloadStatement; use: PostgresStatementUse }[] => {
    try {
      const use = postgresStatementUse(statement.sql, catalog, grammar);
      if (use.kind === 'other') throw new Error('it neither reads nor changes rows');
      return [{ statement, use }];
    } catch (error) {
      unread.push({ sql: statement.sql, why: explain(error) });
      return [];
    }
  });
  const tables = tablesOf(read.map(({ use }) => use));
  const statistics = await readColumnStatistics(connection, catalog, tables);
  const statements: RunnableStatement[] = [];
  for (const { statement, use } of read) {
    const texts = await valuedStatements(statement, use, { connection, grammar, statistics }, EXAMPLES);
    statements.push({ sql: statement.sql, count: statement.count, use, texts });
  }
  return { statements, statistics, unread };
}
