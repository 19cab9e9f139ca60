import { argumentShape } from '../../telemetry/performance/argument-shape.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { queryFingerprint } from '../sql/query-fingerprint.js';
import { QueryRecord, type QueryStatistics } from './query-record.js';

export interface QueryMonitorOptions {
  /** A query is slow from so many ms on; default 20, as on a device; a server's is rather 500. Can be set later. */
  readonly slowMs?: number;
  /** Kinds of queries that are told apart; default 500. What comes beyond them is counted together. */
  readonly mostQueries?: number;
}

/** Texts whose kind is known without looking at them anew. A program that writes values into its texts has a new one at each call. */
const MOST_TEXTS = 5000;
const OTHERS = { id: 'others', text: '(all other queries)' };

/** What a database is asked: each kind of query with how often, how long, how many rows, how it was planned when it was slow. */
export class QueryMonitor {
  slowMs: number;
  /** Nothing is counted: a call costs a look at this. */
  isPaused = false;
  readonly #most: number;
  readonly #records = new Map<string, QueryRecord>();
  readonly #texts = new Map<string, QueryRecord>();
  #last: QueryRecord | null = null;

  /** @throws RangeError where an option is no positive number */
  constructor({ slowMs = 20, mostQueries = 500 }: QueryMonitorOptions = {}) {
    if (!(slowMs > 0)) throw new RangeError(`slowMs: expected ms > 0, got ${slowMs}`);
    if (!(mostQueries >= 1)) throw new RangeError(`mostQueries: expected a number ≥ 1, got ${mostQueries}`);
    this.slowMs = slowMs;
    this.#most = Math.floor(mostQueries);
  }

  /** The record of a statement's kind, for whoever calls it again and again. */
  recordOf(sql: string): QueryRecord {
    const known = this.#texts.get(sql);
    if (known !== undefined) return known;
    const fingerprint = queryFingerprint(sql);
    const record = this.#recordOf(fingerprint.id) ?? this.#made(fingerprint);
    record.source ??= sql;
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
    this.#texts.set(sql, record);
    return record;
  }

  /** Of a function whose statement is not seen: its name stands for it. */
  recordOfName(name: string): QueryRecord {
    return this.#recordOf(name) ?? this.#made({ id: name, text: name });
  }

  /**
   * Counts a call that ended.
   *
   * @param beganAt ms on the clock of `performance.now()`
   * @param plan asked for the plan where the call was the first slow one of its kind; what it throws is no error of the query's
   */
  ended(
    record: QueryRecord,
    beganAt: number,
    rows: number,
    parameters: readonly unknown[],
    plan?: () => readonly string[] | null,
  ): void {
    const now = performance.now();
    const ms = now - beganAt;
    record.latency.observe(ms);
    record.rows += rows;
    record.follow(now, this.#last === record);
    this.#last = record;
    if (ms > (record.slowest?.ms ?? -1)) {
      record.slowest = { ms, at: Date.now(), parameters: argumentShape(parameters) };
      record.remember(parameters);
    }
    if (ms < this.slowMs) return;
    record.slow += 1;
    if (record.plan === null && plan !== undefined) record.plan = planOrNone(plan);
  }

  /** Counts a call that failed. */
  failed(record: QueryRecord, beganAt: number, error: unknown): void {
    record.errors += 1;
    if (isLocked(error)) record.locked += 1;
    record.latency.observe(performance.now() - beganAt);
    this.#last = record;
  }

  /** Every kind of query, that of most time first. */
  statistics(): QueryStatistics[] {
    const all = [...this.#records.values()];
    const total = all.reduce((sum, { latency }) => sum + latency.sum, 0);
    return all.map((record) => record.statistics(total)).sort((a, b) => b.totalMs - a.totalMs);
  }

  /**
   * What was asked, as often as it was, for whoever tries it on a copy: the statements as they were written, which may have values in them.
   * Without functions whose statements are not seen, and without what came beyond the most kinds.
   */
  workload(): WorkloadStatement[] {
    return [...this.#records.values()].flatMap((record) => {
      const { fingerprint, source, latency } = record;
      if (source === null || latency.count === 0 || fingerprint.id === OTHERS.id) return [];
      const examples = record.examples();
      return [{ sql: source, count: latency.count, ...(examples !== undefined && { examples }) }];
    });
  }

  /** Those with a slow call, that of most slow ones first. */
  slowQueries(): QueryStatistics[] {
    return this.statistics()
      .filter(({ slow }) => slow > 0)
      .sort((a, b) => b.slow - a.slow);
  }

  /** Forgets all that was counted. */
  reset(): void {
    this.#records.clear();
    this.#texts.clear();
    this.#last = null;
  }

  #recordOf(id: string): QueryRecord | undefined {
    return this.#records.get(id) ?? (this.#records.size >= this.#most ? this.#others() : undefined);
  }

  #made(fingerprint: { readonly id: string; readonly text: string }): QueryRecord {
    const record = new QueryRecord(fingerprint);
    this.#records.set(fingerprint.id, record);
    return record;
  }

  #others(): QueryRecord {
    return this.#records.get(OTHERS.id) ?? this.#made(OTHERS);
  }
}

/** SQLite's busy and locked, PostgreSQL's lock_not_available and deadlock_detected. */
const isLocked = (error: unknown): boolean =>
  /^(SQLITE_(BUSY|LOCKED)|55P03$|40P01$)/.test(String((error as { code?: unknown } | null)?.code ?? ''));

function planOrNone(plan: () => readonly string[] | null): readonly string[] | null {
  try {
    return plan();
  } catch {
    return null;
  }
}
