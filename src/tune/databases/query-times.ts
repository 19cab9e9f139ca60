import type { QueryMonitor } from '../../database/monitor/query-monitor.js';
import type { Score } from '../optimization-strategy.js';

interface Total {
  readonly calls: number;
  readonly ms: number;
}

/** Of queries that did not come often enough to tell. */
export const NO_SCORE: Score = { value: null, parts: {} };
/** A score is made of so many calls at least. */
export const CALLS_PER_SCORE = 5;

/** What the queries of a monitor took since its begin, or since it was last marked. */
export class QueryTimes {
  readonly #monitor: QueryMonitor;
  #marked: ReadonlyMap<string, Total> = new Map();

  constructor(monitor: QueryMonitor) {
    this.#monitor = monitor;
  }

  /** Counts from now on. */
  mark(): void {
    this.#marked = totalsOf(this.#monitor);
  }

  /** By query, those that were asked. */
  since(): Map<string, Total> {
    const since = new Map<string, Total>();
    for (const [id, { calls, ms }] of totalsOf(this.#monitor)) {
      const before = this.#marked.get(id) ?? { calls: 0, ms: 0 };
      // the monitor may have forgotten meanwhile
      const passed =
        calls >= before.calls ? { calls: calls - before.calls, ms: Math.max(0, ms - before.ms) } : { calls, ms };
      if (passed.calls > 0) since.set(id, passed);
    }
    return since;
  }
}

/**
 * How long queries take against what the same ones took before: -1 is as long, -0.5 half as long. Each counts as often as it comes, so that
 * another mixture of queries is no change.
 */
export class RelativeTimes {
  readonly #queries: ReadonlySet<string> | null;
  /** By query, ms of one call before. */
  readonly #reference: ReadonlyMap<string, number>;
  readonly #times: QueryTimes;

  /** @param before what they took before @param queries that count; null: all that were asked before */
  constructor(monitor: QueryMonitor, before: ReadonlyMap<string, Total>, queries: ReadonlySet<string> | null) {
    this.#queries = queries;
    this.#reference = new Map([...before].map(([id, { calls, ms }]) => [id, ms / calls]));
    this.#times = new QueryTimes(monitor);
    this.#times.mark();
  }

  /** Since the last one; nothing as long as there were too few calls. */
  score(): Score {
    let calls = 0;
    let ms = 0;
    let reference = 0;
    for (const [id, passed] of this.#times.since()) {
      const each = this.#reference.get(id);
      if (each === undefined || (this.#queries !== null && !this.#queries.has(id))) continue;
      calls += passed.calls;
      ms += passed.ms;
      reference += passed.calls * each;
    }
    if (calls < CALLS_PER_SCORE || reference === 0) return NO_SCORE;
    this.#times.mark();
    return {
      value: -ms / reference,
      parts: { 'mean ms': ms / calls, 'mean ms before': reference / calls, queries: calls },
    };
  }

  /** What came in between is left out. */
  restart(): void {
    this.#times.mark();
  }
}

function totalsOf(monitor: QueryMonitor): Map<string, Total> {
  return new Map(monitor.statistics().map(({ id, calls, totalMs }) => [id, { calls, ms: totalMs }]));
}
