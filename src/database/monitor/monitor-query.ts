import type { QueryMonitor } from './query-monitor.js';
import type { QueryRecord } from './query-record.js';

// biome-ignore lint/suspicious/noExplicitAny: only `any` stands for every parameter and every `this` alike
type Query = (this: any, ...parameters: any[]) => unknown;

/**
 * `monitorQuery` for a monitor: a standard decorator (`@monitorQuery`) and a wrapper (`monitorQuery(getInfractions)`) in one.
 * Each call of the function counts as one query of its name, sync or async, with the rows of the list that it gives. The
 * function stays as it is: arguments, `this`, result, error. For the statements themselves there is `monitored`.
 */
export function monitorQueryInto(monitor: () => QueryMonitor) {
  return function monitorQuery<F extends Query>(original: F, context?: ClassMethodDecoratorContext): F {
    if (typeof original !== 'function' || (context !== undefined && context.kind !== 'method')) {
      throw new TypeError(`monitorQuery: expected a function or a method, got ${context?.kind ?? typeof original}`);
    }
    const name = original.name || String(context?.name ?? 'anonymous query');
    const monitoring = function (this: unknown, ...parameters: unknown[]): unknown {
      const at = monitor();
      return run(at, at.recordOfName(name), original, this, parameters);
    };
    Object.defineProperty(monitoring, 'name', { value: name, configurable: true });
    Object.defineProperty(monitoring, 'length', { value: original.length, configurable: true });
    return monitoring as F;
  };
}

function run(
  monitor: QueryMonitor,
  record: QueryRecord,
  original: Query,
  self: unknown,
  parameters: unknown[],
): unknown {
  const beganAt = performance.now();
  const ended = (value: unknown) => monitor.ended(record, beganAt, rowsOf(value), parameters);
  let value: unknown;
  try {
    value = original.apply(self, parameters);
  } catch (error) {
    monitor.failed(record, beganAt, error);
    throw error;
  }
  if (!(value instanceof Promise)) {
    ended(value);
    return value;
  }
  return value.then(
    (result) => {
      ended(result);
      return result;
    },
    (error) => {
      monitor.failed(record, beganAt, error);
      throw error;
    },
  );
}

/** Of a list, or of what PostgreSQL's client gives. */
function rowsOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  const rows = (value as { rows?: unknown } | null | undefined)?.rows;
  return Array.isArray(rows) ? rows.length : 0;
}
