import type { MetricRow, Reading } from '../../foundation/metric-row.js';
import type { Operation } from '../../telemetry/performance/operation.js';
import type { PerformanceMonitor } from '../../telemetry/performance/performance-monitor.js';
import { isFailure } from '../web-request.js';

/** Routes that are told apart; those beyond count together. Patterns are made by programmers, addresses by anybody. */
const MOST_ROUTES = 200;
/** Characters of an operation's name. */
const LONGEST_NAME = 100;
const OTHER = 'other';
const UNMATCHED = 'unmatched';
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface RouteCounts {
  readonly name: string;
  /** null where the monitor has no room for more names. */
  readonly operation: Operation | null;
  /** By the first digit of the status: [, 1xx, 2xx, …]. */
  readonly classes: number[];
  aborted: number;
}

/** Latency, errors and statuses of each route, by its pattern and never by its address, in a performance monitor. */
export class RouteLoad {
  readonly metrics: readonly MetricRow[];
  readonly #monitor: PerformanceMonitor;
  readonly #routes = new Map<string, RouteCounts>();

  constructor(monitor: PerformanceMonitor) {
    this.#monitor = monitor;
    this.metrics = routeMetrics(this.#routes);
  }

  /**
   * A request has ended.
   *
   * @param route its pattern; null where none answers it
   * @param status null where the client went before it was answered
   * @param beganAt ms on the clock of `performance.now()`
   */
  ended(method: string, route: string | null, status: number | null, beganAt: number): void {
    const counts = this.#of(METHODS.has(method) ? method : 'OTHER', route ?? UNMATCHED);
    if (status === null) counts.aborted++;
    else counts.classes[Math.floor(status / 100)]!++;
    counts.operation?.begin();
    counts.operation?.end(beganAt, status !== null && isFailure(status), []);
  }

  #of(method: string, route: string): RouteCounts {
    const name = printable(`${method} ${route}`);
    const found = this.#routes.get(name);
    if (found) return found;
    if (this.#routes.size >= MOST_ROUTES && route !== OTHER) return this.#of('ANY', OTHER);
    const made = { name, operation: this.#operation(name), classes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], aborted: 0 };
    this.#routes.set(name, made);
    return made;
  }

  #operation(name: string): Operation | null {
    try {
      return this.#monitor.operations.of('http', name);
    } catch {
      return null;
    }
  }
}

function printable(name: string): string {
  const plain = name.replace(/\p{C}/gu, '?');
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME - 1)}…` : plain;
}

function routeMetrics(routes: ReadonlyMap<string, RouteCounts>): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'http_responses',
      unit: '',
      labels: ['route', 'class'],
      step: 1,
      mqtt: false,
      help: 'Requests by the pattern of their route and the class of the status: 2xx, 3xx, 4xx, 5xx, aborted.',
      *read(): Iterable<Reading<number>> {
        for (const { name, classes, aborted } of routes.values()) {
          for (const [digit, count] of classes.entries()) if (count > 0) yield [[name, `${digit}xx`], count];
          if (aborted > 0) yield [[name, 'aborted'], aborted];
        }
      },
    },
  ];
}
