import type { MetricReading, NumberMetric } from '../../src/foundation/metric-row.js';
import { Random } from '../../src/simulator/random.js';
import type { SeriesRow } from '../../src/store/series/rollup.js';

const HOUR_MS = 3_600_000;

/** What a device measures, second by second: of four series one is noisy, one counts few things, one is a counter, one stays. */
export class Workload {
  readonly #random = new Random(7);
  readonly #rows: NumberMetric[];
  readonly #counters: number[];

  constructor(series: number) {
    this.#counters = Array(series).fill(0);
    this.#rows = Array.from({ length: series }, (_, i) => ({
      type: i % 4 === 2 ? 'counter' : 'gauge',
      name: `metric_${i}`,
      unit: 'ms',
      labels: [],
      step: 1,
      help: 'A metric.',
      read: () => [],
    }));
  }

  /** @param s seconds since the beginning */
  readings(s: number): MetricReading[] {
    const day = Math.sin((2 * Math.PI * s) / 86_400);
    return this.#rows.map((row, i) => ({ name: row.name, row, labels: [], value: this.#value(i, day) }));
  }

  /** A point of an hour of each series. @param t Unix ms */
  hour(t: number): SeriesRow[] {
    return this.#rows.map(({ name }, i) => {
      const mean = 20 + i + 5 * Math.sin((2 * Math.PI * t) / (24 * HOUR_MS)) + this.#random.next();
      const point = { t, min: mean / 2, mean, max: mean * 3, p95: mean * 1.7, count: 3600 };
      return { name, metric: name, labels: {}, unit: 'ms', kind: 'gauge', point };
    });
  }

  #value(i: number, day: number): number {
    const noise = this.#random.next();
    if (i % 4 === 0) return 20 + 5 * day + 4 * noise * noise;
    if (i % 4 === 1) return Math.floor(3 + 2 * day + 3 * noise);
    if (i % 4 === 2) return (this.#counters[i]! += noise < 0.6 + 0.3 * day ? 1 : 0);
    return 512;
  }
}
