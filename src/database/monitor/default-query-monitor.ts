import { Oldest } from '../../foundation/oldest.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import { monitoredConnection } from '../sqlite/monitored-connection.js';
import { monitorQueryInto } from './monitor-query.js';
import { QueryMonitor } from './query-monitor.js';
import type { QueryStatistics } from './query-record.js';

const monitors = new Oldest(new QueryMonitor());

/** A monitor of queries that functions without a monitor's name may use. @returns what ends that */
export const joinQueryMonitors = (monitor: QueryMonitor): (() => void) => monitors.join(monitor);

/**
 * Where `monitorQuery` and `monitored` count unless they are told otherwise: the monitor of the oldest engine of this process that was not stopped; without an
 * engine one of its own.
 */
export const queryMonitor: Pick<QueryMonitor, 'slowMs' | 'statistics' | 'slowQueries' | 'reset'> = {
  /** A query is slow from so many ms on. */
  get slowMs(): number {
    return monitors.current.slowMs;
  },
  set slowMs(ms: number) {
    monitors.current.slowMs = ms;
  },
  /** Every kind of query, that of most time first. */
  statistics(): QueryStatistics[] {
    return monitors.current.statistics();
  },
  /** Those with a slow call, that of most slow ones first. */
  slowQueries(): QueryStatistics[] {
    return monitors.current.slowQueries();
  },
  /** Forgets all that was counted. */
  reset(): void {
    monitors.current.reset();
  },
};

/**
 * Counts the calls of a function as queries of its name, at the time of the call in the default engine: a standard decorator and a wrapper in one.
 *
 * @throws TypeError where it is given no function or method
 * @example
 * ```ts
 * const infractions = monitorQuery(async function infractions(street: string) { return pool.query(LIST, [street]); });
 * ```
 */
export const monitorQuery = monitorQueryInto(() => monitors.current);

/**
 * A connection of better-sqlite3 whose statements are counted, as `monitoredConnection`.
 *
 * @param monitor default: the one of the default engine when this is called
 * @example
 * ```ts
 * const database = monitored(new Database('violations.db'));
 * database.prepare('SELECT * FROM infraction WHERE location = ?').all('north');
 * ```
 */
export function monitored<C extends SqliteConnection>(connection: C, monitor: QueryMonitor = monitors.current): C {
  return monitoredConnection(connection, monitor);
}
