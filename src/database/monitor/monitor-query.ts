import { dressAs, type Watchable, watchedCall } from '../../telemetry/performance/watched-call.js';
import type { QueryMonitor } from './query-monitor.js';

/**
 * `monitorQuery` for a monitor: a standard decorator (`@monitorQuery`) and a wrapper (`monitorQuery(getInfractions)`) in one.
 * Each call of the function counts as one query of its name, sync or async, with the rows of the list that it gives. The
 * function stays as it is: arguments, `this`, result, error. For the statements themselves there is `monitored`.
 */
export function monitorQueryInto(monitor: () => QueryMonitor) {
  return function monitorQuery<F extends Watchable>(original: F, context?: ClassMethodDecoratorContext): F {
    if (typeof original !== 'function' || (context !== undefined && context.kind !== 'method')) {
      throw new TypeError(`monitorQuery: expected a function or a method, got ${context?.kind ?? typeof original}`);
    }
    const name = original.name || String(context?.name ?? 'anonymous query');
    const monitoring = function (this: unknown, ...parameters: unknown[]): unknown {
      const at = monitor();
      const record = at.recordOfName(name);
      const beganAt = performance.now();
      const ended = (result: unknown) => at.ended(record, beganAt, rowsOf(result), parameters);
      const failed = (error: unknown) => at.failed(record, beganAt, error);
      return watchedCall(original, this, parameters, ended, failed);
    };
    dressAs(original, monitoring);
    return monitoring as F;
  };
}

/** Of a list, or of what PostgreSQL's client gives. */
function rowsOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  const rows = (value as { rows?: unknown } | null | undefined)?.rows;
  return Array.isArray(rows) ? rows.length : 0;
}
