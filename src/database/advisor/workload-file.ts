import { ConfigError } from '../../foundation/errors.js';
import { parseScript, type SplitScript } from '../sql/parser.js';
import { queryFingerprint } from '../sql/query-fingerprint.js';
import type { WorkloadStatement } from './workload.js';

/** Texts of one kind of statement that it is tried with: what is one value's is not another's. */
const TEXTS = 3;

/**
 * Reads a workload. SQL: statements, each as often as it comes, or as `-- count: N` on the line above says. JSON: a list, or a line each, of
 * `{"sql": ..., "count": ..., "examples": [[...]]}`, as a query monitor's own statistics are too (`text`, `calls`).
 *
 * @param file its name, for messages
 * @param split in whose grammar; default SQLite's
 * @throws ConfigError with every problem
 */
export function readWorkload(text: string, file: string, split: SplitScript = parseScript): WorkloadStatement[] {
  const problems: string[] = [];
  const statements = /^\s*[[{]/.test(text) ? fromJson(text, file, problems) : fromSql(text, file, problems, split);
  if (problems.length === 0 && statements.length === 0) problems.push(`${file}: expected statements, got none`);
  if (problems.length > 0) throw new ConfigError('the workload cannot be used', problems.slice(0, 20));
  return merged(statements);
}

function fromSql(text: string, file: string, problems: string[], split: SplitScript): WorkloadStatement[] {
  return split(text, (line, why) => problems.push(`${file}:${line}: ${why}`)).map(({ sql, before }) => {
    const count = /--\s*count:\s*(\d+)\s*$/im.exec(before)?.[1];
    return { sql, count: count === undefined ? 1 : Math.max(1, Number(count)) };
  });
}

function fromJson(text: string, file: string, problems: string[]): WorkloadStatement[] {
  const entries = parsed(text, file, problems);
  return entries.flatMap((entry, at): WorkloadStatement[] => {
    const { sql, text: statistic, count, calls, examples } = (entry ?? {}) as Record<string, unknown>;
    const statement = sql ?? statistic;
    const times = count ?? calls ?? 1;
    const where = `${file}: entry ${at + 1}`;
    if (typeof statement !== 'string' || statement.trim() === '')
      problems.push(`${where}: sql: expected a statement, got ${shown(statement)}`);
    else if (typeof times !== 'number' || !(times > 0))
      problems.push(`${where}: count: expected a number > 0, got ${shown(times)}`);
    else if (
      examples !== undefined &&
      !(Array.isArray(examples) && examples.every((values) => typeof values === 'object' && values !== null))
    ) {
      problems.push(`${where}: examples: expected a list of lists of values, got ${shown(examples)}`);
    } else
      return [{ sql: statement, count: times, examples: (examples ?? []) as WorkloadStatement['examples'] & object }];
    return [];
  });
}

function parsed(text: string, file: string, problems: string[]): unknown[] {
  try {
    const whole: unknown = JSON.parse(text);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    return text
      .split('\n')
      .map((line, at) => ({ line: line.trim(), at: at + 1 }))
      .filter(({ line }) => line !== '')
      .flatMap(({ line, at }) => {
        try {
          return [JSON.parse(line) as unknown];
        } catch {
          problems.push(`${file}:${at}: expected JSON, got ${shown(line)}`);
          return [];
        }
      });
  }
}

/** Statements that differ in their values alone share their count among a few of their texts. */
function merged(statements: readonly WorkloadStatement[]): WorkloadStatement[] {
  const kinds = new Map<string, { count: number; texts: Map<string, WorkloadStatement> }>();
  for (const statement of statements) {
    const { id } = queryFingerprint(statement.sql);
    const kind = kinds.get(id) ?? { count: 0, texts: new Map<string, WorkloadStatement>() };
    kind.count += statement.count;
    if (kind.texts.size < TEXTS) kind.texts.set(statement.sql, statement);
    kinds.set(id, kind);
  }
  return [...kinds.values()].flatMap(({ count, texts }) =>
    [...texts.values()].map((statement) => ({ ...statement, count: count / texts.size })),
  );
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60);
