import type { NodeMetric } from './node-metrics.js';
import type { HistoricalPoint } from './session.js';

/** Means over `stepMs` of one metric, oldest first; steps without a reading are left out. Times in Unix ms. */
export type HistorySource = (
  series: string,
  range: { readonly from: number; readonly to: number; readonly stepMs: number },
) => readonly { readonly t: number; readonly value: number }[];

const MINUTE_MS = 60_000;
/** An outage is told in so many steps at most, of a minute or longer. */
const MOST_STEPS = 240;

interface Due {
  readonly metric: NodeMetric;
  readonly series: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What hosts missed, to be told once they are there again: gauges, as means of a minute or longer. Counters need no past: their
 * totals go on. Pure, but for the history that it reads.
 */
export class Forwarding {
  readonly #history: HistorySource;
  /** Since when nobody listens; null while somebody does. */
  #since: number | null = null;
  #toldAt: number | null = null;
  /** Series whose past is still to be told. */
  #due: Due[] = [];

  /** @param toldAt Unix ms of the last live values of an earlier run of the program; null where there was none */
  constructor(history: HistorySource, toldAt: number | null = null) {
    this.#history = history;
    this.#since = toldAt;
  }

  /** Live values were told. @param now Unix ms */
  told(now: number): void {
    this.#toldAt = now;
  }

  /** Nobody listens any more. @param since Unix ms from which on nothing may have arrived */
  interrupted(since: number): void {
    // what was still due is due again, from its beginning
    const from = Math.min(since, ...this.#due.map((due) => due.from));
    this.#due = [];
    this.#since = Math.min(this.#since ?? from, from);
  }

  /** Somebody listens again. */
  resumed(metrics: readonly NodeMetric[], now: number): void {
    const since = this.#since;
    this.#since = null;
    if (since === null || now - since < MINUTE_MS) return;
    for (const metric of metrics) {
      const { type, series } = metric;
      if (type === 'Double' && series !== null) this.#due.push({ metric, series, from: since, to: now });
    }
  }

  /** Unix ms of the last live values. */
  get toldAt(): number | null {
    return this.#toldAt;
  }

  /** Points of one metric for the next messages, none where it has no past; null where nothing is due. */
  next(): HistoricalPoint[] | null {
    const due = this.#due.shift();
    if (due === undefined) return null;
    const { metric, series, from, to } = due;
    const { device, name } = metric;
    const minutes = Math.max(1, Math.ceil((to - from) / MINUTE_MS / MOST_STEPS));
    const points = this.#history(series, { from, to, stepMs: minutes * MINUTE_MS });
    return points.map(({ t, value }) => ({ device, name, t, value }));
  }
}
