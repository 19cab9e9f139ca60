import { Histogram } from '../../telemetry/metrics/histogram.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import type { QueryFingerprint } from '../sql/query-fingerprint.js';

/** The call that took longest; the values it was made with are told by their kinds alone. */
export interface SlowestQuery {
  readonly ms: number;
  /** Unix ms when it ended. */
  readonly at: number;
  /** `string(12), number`: neither texts nor numbers get out, since they may be secrets. */
  readonly parameters: string;
}

/** What is known of one kind of query, since the monitor began. Times in ms; of those under 0.03 ms p95 is an upper bound. */
export interface QueryStatistics {
  readonly id: string;
  /** The statement with `?` for its values. */
  readonly text: string;
  readonly calls: number;
  readonly errors: number;
  /** Errors because another connection held a lock. */
  readonly locked: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Of the time of all queries, 0..1. */
  readonly share: number;
  /** Rows that were handed out. */
  readonly rows: number;
  /** Calls that took longer than the threshold. */
  readonly slow: number;
  /** Times that it came at least ten times in a row within a second: often one query for each row of another. */
  readonly bursts: number;
  readonly slowest: SlowestQuery | null;
  /** Of a slow call, a line for each step; null where none was slow, or the database told none. */
  readonly plan: readonly string[] | null;
}

/** Calls in a row that are a burst, and within how long. */
const BURST_CALLS = 10;
const BURST_MS = 1000;

/** Counts the calls of one kind of query. A call only adds to numbers: the rest is made when somebody asks. */
export class QueryRecord {
  readonly fingerprint: QueryFingerprint;
  readonly latency = new Histogram();
  /** A statement of the kind as it was written, values and all, which is not told; null where none is seen. */
  source: string | null = null;
  /** Values of its first and of its slowest call, which are not told either; of those that are large, none. */
  readonly values: { first: readonly unknown[] | null; slowest: readonly unknown[] | null } = {
    first: null,
    slowest: null,
  };
  errors = 0;
  locked = 0;
  rows = 0;
  slow = 0;
  bursts = 0;
  slowest: SlowestQuery | null = null;
  plan: readonly string[] | null = null;
  #streak = 0;
  #streakBegan = 0;

  constructor(fingerprint: QueryFingerprint) {
    this.fingerprint = fingerprint;
  }

  /** @param now ms on any clock that only goes forward @param inRow the call before was of this kind too */
  follow(now: number, inRow: boolean): void {
    if (!inRow || now - this.#streakBegan > BURST_MS) {
      this.#streak = 1;
      this.#streakBegan = now;
    } else if (++this.#streak === BURST_CALLS) this.bursts += 1;
  }

  /** Remembers what a call was made with, for whoever tries the statement on a copy. */
  remember(parameters: readonly unknown[]): void {
    const kept = parameters.every(isSmall) ? parameters : null;
    this.values.first ??= kept;
    this.values.slowest = kept;
  }

  /** Sets of values that a call of `source` may have, as a workload has them. */
  examples(): WorkloadStatement['examples'] {
    const { first, slowest } = this.values;
    if (first === null) return undefined;
    const sets = slowest === null || slowest === first || slowest.length !== first.length ? [first] : [first, slowest];
    return sets.map((set) => (set.length === 1 && isNamed(set[0]) ? set[0] : set));
  }

  /** @param allMs of all queries together */
  statistics(allMs: number): QueryStatistics {
    const { fingerprint, latency, errors, locked, rows, slow, bursts, slowest, plan } = this;
    const p95 = latency.quantile(0.95) ?? 0;
    return {
      id: fingerprint.id,
      text: fingerprint.text,
      calls: latency.count,
      errors,
      locked,
      totalMs: latency.sum,
      meanMs: latency.count === 0 ? 0 : latency.sum / latency.count,
      p95Ms: slowest === null ? p95 : Math.min(p95, slowest.ms),
      share: allMs === 0 ? 0 : latency.sum / allMs,
      rows,
      slow,
      bursts,
      slowest,
      plan,
    };
  }
}

/** Letters of a text, bytes of a blob, beyond which a value is not worth keeping. */
const LARGE = 1000;

const isNamed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

function isSmall(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LARGE;
  if (ArrayBuffer.isView(value)) return value.byteLength <= LARGE;
  return !isNamed(value) || Object.values(value).every((inner) => !isNamed(inner) && isSmall(inner));
}
