import { quotedText } from '../../../foundation/sql-quotes.js';
import type { WorkloadStatement } from '../../advisor/workload.js';
import type { ColumnStatistics } from '../server/column-statistics.js';
import type { PostgresConnection, PostgresRow } from '../server/postgres-connection.js';
import type { PostgresGrammar } from './postgres-grammar.js';
import type { PostgresStatementUse } from './postgres-statement-use.js';

/** For a LIMIT, and whatever is compared with no column and has no type. */
const ANY_VALUE = '20';
/** By the beginning of a type's name. */
const VALUES_BY_TYPE: readonly (readonly [RegExp, string])[] = [
  [/\[\]$/, '{}'],
  [/^unit of time$/, 'day'],
  [/^bool/, 'true'],
  [/^(timestamp|date)/, '2026-01-01'],
  [/^time/, '12:00'],
  [/^interval/, '1 day'],
  [/^uuid/, '00000000-0000-0000-0000-000000000000'],
  [/^json/, '{}'],
  [/^inet|^cidr/, '127.0.0.1'],
];

/** Where the values of a statement's parameters come from. */
export interface ValueSource {
  readonly connection: PostgresConnection;
  readonly grammar: PostgresGrammar;
  readonly statistics: ColumnStatistics;
}

/**
 * A statement with values in the place of its parameters, written as literals: so `INTERVAL $1` and `GROUP BY date_trunc($1, at)`, which
 * pg_stat_statements makes of what was asked and no server takes, can be planned again.
 *
 * @param sets how many of them, where the statement brings no values of its own
 */
export async function valuedStatements(
  { sql, examples = [] }: WorkloadStatement,
  use: PostgresStatementUse,
  source: ValueSource,
  sets: number,
): Promise<string[]> {
  if (use.parameters.length === 0) return [sql];
  if (examples.length > 0) {
    return examples.slice(0, sets).map((example) => {
      const values = Array.isArray(example) ? (example as readonly unknown[]) : Object.values(example);
      return withValues(sql, source.grammar, (number) => literal(values[number - 1]));
    });
  }
  const types = await parameterTypes(sql, use, source.connection);
  const made = Array.from({ length: sets }, (_, set) => {
    const values = valuesOf(use, types, source.statistics, set, sets);
    return withValues(sql, source.grammar, (number) =>
      use.positions.has(number) ? '1' : literal(values.get(number) ?? ANY_VALUE),
    );
  });
  return [...new Set(made)];
}

function valuesOf(
  { parameters, lists, casts, told }: PostgresStatementUse,
  types: readonly string[],
  statistics: ColumnStatistics,
  set: number,
  sets: number,
): Map<number, unknown> {
  const used = new Map<string, number>();
  const values = new Map<number, unknown>();
  for (const { name, table, column } of parameters) {
    const number = Number(name.slice(1));
    const type = casts.get(number) ?? types[number - 1] ?? '';
    let value: string | null = told.get(number) ?? null;
    if (value === null && table !== null && column !== null) {
      const key = `${table}\0${column}`;
      const nth = used.get(key) ?? 0;
      used.set(key, nth + 1);
      value = statistics.value(table, column, set, sets, nth);
    }
    value ??= VALUES_BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? ANY_VALUE;
    values.set(number, lists.has(number) && value !== '{}' ? [value] : value);
  }
  return values;
}

/** What the server takes the parameters for; empty where it does not take the statement as it is, or all are compared with columns. */
async function parameterTypes(
  sql: string,
  { parameters }: PostgresStatementUse,
  connection: PostgresConnection,
): Promise<readonly string[]> {
  try {
    await connection.run(`PREPARE edge_types AS ${sql}`);
  } catch {
    return [];
  }
  try {
    const rows = await connection.rows<PostgresRow & { types: readonly string[] }>(
      "SELECT array_to_json(parameter_types::text[]) AS types FROM pg_prepared_statements WHERE name = 'edge_types'",
    );
    return parameters.length === 0 ? [] : (rows[0]?.types ?? []);
  } finally {
    await connection.run('DEALLOCATE edge_types');
  }
}

/** Parameters in strings, comments and names are none. */
function withValues(sql: string, grammar: PostgresGrammar, value: (number: number) => string): string {
  const bytes = Buffer.from(sql);
  let made = '';
  let from = 0;
  for (const { start, end, tokenName, text } of grammar.tokens(sql)) {
    if (tokenName !== 'PARAM') continue;
    made += `${bytes.subarray(from, start)}${value(Number(text.slice(1)))}`;
    from = end;
  }
  return `${made}${bytes.subarray(from)}`;
}

/** Quoted, whatever it is: the server takes it for what is wanted there. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return quotedText(textOf(value));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(element).join(',')}}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const element = (value: unknown): string =>
  value === null ? 'NULL' : Array.isArray(value) ? textOf(value) : `"${textOf(value).replace(/["\\]/g, '\\$&')}"`;
