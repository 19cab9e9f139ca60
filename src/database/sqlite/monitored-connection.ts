import type { SqliteConnection, SqliteStatement } from '../../store/sqlite.js';
import type { QueryMonitor } from '../monitor/query-monitor.js';
import type { QueryRecord } from '../monitor/query-record.js';

/**
 * A connection of better-sqlite3 whose queries are counted: those that are prepared or executed by what is returned. The
 * connection itself stays as it is, and all else of it is there as before.
 *
 * @param monitor where they are counted; several connections may share one
 */
export function monitoredConnection<C extends SqliteConnection>(connection: C, monitor: QueryMonitor): C {
  const counted: C = Object.create(connection);
  counted.prepare = ((sql: string) => monitoredStatement(connection.prepare(sql), connection, monitor)) as C['prepare'];
  counted.exec = (sql: string) => {
    if (monitor.isPaused) {
      connection.exec(sql);
      return counted;
    }
    const record = monitor.recordOf(sql);
    const beganAt = performance.now();
    try {
      connection.exec(sql);
    } catch (error) {
      monitor.failed(record, beganAt, error);
      throw error;
    }
    monitor.ended(record, beganAt, 0, []);
    return counted;
  };
  return counted;
}

function monitoredStatement(
  statement: SqliteStatement,
  connection: SqliteConnection,
  monitor: QueryMonitor,
): SqliteStatement {
  const record = monitor.recordOf(statement.source);
  const plan = (parameters: readonly unknown[]) => () => planOf(connection, statement.source, parameters);
  const { run, get, all, iterate } = statement;
  const call = <T>(
    method: (...parameters: unknown[]) => T,
    rowsOf: (result: T) => number,
    parameters: unknown[],
  ): T => {
    if (monitor.isPaused) return method.apply(statement, parameters);
    const beganAt = performance.now();
    let result: T;
    try {
      result = method.apply(statement, parameters);
    } catch (error) {
      monitor.failed(record, beganAt, error);
      throw error;
    }
    monitor.ended(record, beganAt, rowsOf(result), parameters, plan(parameters));
    return result;
  };
  statement.run = (...parameters: unknown[]) => call(run, none, parameters);
  statement.get = (...parameters: unknown[]) => call(get, oneIfAny, parameters);
  statement.all = (...parameters: unknown[]) => call(all, lengthOf, parameters);
  statement.iterate = (...parameters: unknown[]) => {
    if (monitor.isPaused) return iterate.apply(statement, parameters);
    return counting(iterate.apply(statement, parameters), record, monitor, parameters, plan(parameters));
  };
  return statement;
}

/** Ends the call when the last row was taken, or its taker has enough; the taker's own time between two rows does not count. */
function* counting(
  rows: IterableIterator<unknown>,
  record: QueryRecord,
  monitor: QueryMonitor,
  parameters: readonly unknown[],
  plan: () => readonly string[] | null,
): IterableIterator<unknown> {
  let ms = 0;
  let count = 0;
  let failure: { readonly error: unknown } | null = null;
  try {
    for (;;) {
      const beganAt = performance.now();
      const { done, value } = rows.next();
      ms += performance.now() - beganAt;
      if (done) return;
      count += 1;
      yield value;
    }
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    rows.return?.();
    const beganAt = performance.now() - ms;
    if (failure === null) monitor.ended(record, beganAt, count, parameters, plan);
    else monitor.failed(record, beganAt, failure.error);
  }
}

/** The steps of a plan, a line each, indented as they lie within another. */
function planOf(connection: SqliteConnection, sql: string, parameters: readonly unknown[]): string[] | null {
  if (!/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b/i.test(sql)) return null;
  const rows = connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as {
    id: number;
    parent: number;
    detail: string;
  }[];
  const depths = new Map<number, number>([[0, -1]]);
  return rows.map(({ id, parent, detail }) => {
    const depth = (depths.get(parent) ?? -1) + 1;
    depths.set(id, depth);
    return `${'  '.repeat(depth)}${detail}`;
  });
}

const none = (): number => 0;
const oneIfAny = (row: unknown): number => (row === undefined ? 0 : 1);
const lengthOf = (rows: readonly unknown[]): number => rows.length;
