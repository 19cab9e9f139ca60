import { Gauge, type MetricObjectWithValues, type MetricType, type MetricValue, Registry } from 'prom-client';
import type { MetricDefinition, MetricValues } from '../mqtt/messages.js';
import { OCTAVE_BOUNDS } from './histogram.js';
import { Measurements } from './measurements.js';
import { inMqtt, type MetricRow, type NumberMetric, prometheusName } from './metric-row.js';
import { METRICS } from './metric-table.js';

export type { CameraMetrics } from './camera-metrics.js';

/** What is measured, and how it leaves the program: as a snapshot for MQTT, as text for Prometheus. */
export class Metrics extends Measurements {
  readonly #registry = new Registry();

  constructor() {
    super();
    for (const metric of METRICS) this.#registry.registerMetric(new TableMetric(metric, this));
  }

  /** All values that MQTT carries, by name: `fps_inferred.north`. Rounded, so that noise does not count as a change. */
  snapshot(): MetricValues {
    const values: MetricValues = {};
    for (const metric of METRICS) {
      if (!inMqtt(metric)) continue;
      for (const [labels, value] of metric.read(this)) {
        const name = [metric.name, ...labels].join('.');
        values[name] = typeof value === 'number' ? rounded(value, metric as NumberMetric) : value;
      }
    }
    return values;
  }

  /** Every name that `snapshot()` has now, with its unit: the list of a birth message. */
  definitions(): MetricDefinition[] {
    const definitions: MetricDefinition[] = [];
    for (const metric of METRICS) {
      if (!inMqtt(metric)) continue;
      for (const [labels] of metric.read(this)) {
        definitions.push({ name: [metric.name, ...labels].join('.'), unit: metric.unit });
      }
    }
    return definitions;
  }

  /** The Prometheus text format, version 0.0.4. */
  prometheus(): Promise<string> {
    return this.#registry.metrics();
  }
}

function rounded(value: number, { step }: NumberMetric): number | null {
  if (!Number.isFinite(value)) return null;
  if (step === 0) return Number(value.toPrecision(3));
  return Number((Math.round(value / step) * step).toFixed(3));
}

/** One row of the table as prom-client knows metrics: nothing is kept, it is read when somebody asks. */
class TableMetric extends Gauge {
  readonly #row: MetricRow;
  readonly #from: Measurements;

  constructor(row: MetricRow, from: Measurements) {
    super({ name: prometheusName(row), help: row.help, labelNames: labelNames(row), registers: [] });
    this.#row = row;
    this.#from = from;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const described = { ...(await super.get()), type: promType(this.#row), values: [] };
    return { ...described, values: [...samples(this.#row, this.#from)] };
  }
}

function labelNames(row: MetricRow): string[] {
  return row.type === 'word' ? [...row.labels, 'value'] : [...row.labels];
}

/** prom-client declares its types as a const enum that code compiled file by file cannot name. */
function promType(row: MetricRow): MetricType {
  const type = row.type === 'counter' || row.type === 'histogram' ? row.type : 'gauge';
  return type as unknown as MetricType;
}

type Sample = MetricValue<string> & { metricName?: string };

/** Readings that are not there are left out: Prometheus shows a gap then. */
function* samples(row: MetricRow, from: Measurements): Iterable<Sample> {
  const scale = row.unit === 'ms' ? 0.001 : 1;
  if (row.type === 'histogram') {
    for (const [labels, histogram] of row.read(from)) {
      if (histogram) yield* buckets(prometheusName(row), named(row, labels), histogram, scale);
    }
  } else if (row.type === 'word') {
    for (const [labels, word] of row.read(from)) {
      if (word === null) continue;
      for (const value of row.words) yield { labels: { ...named(row, labels), value }, value: Number(value === word) };
    }
  } else {
    for (const [labels, value] of row.read(from)) {
      if (value !== null) yield { labels: named(row, labels), value: value * scale };
    }
  }
}

interface Buckets {
  readonly count: number;
  readonly sum: number;
  cumulative(): number[];
}

/** Bounds in ms that Prometheus gets: enough to see by, few enough to format in a moment. */
const FINEST_MS = 0.5;
const COARSEST_MS = 8192;

function* buckets(name: string, labels: Record<string, string>, histogram: Buckets, scale: number): Iterable<Sample> {
  const metricName = `${name}_bucket`;
  const totals = histogram.cumulative();
  for (const [i, bound] of OCTAVE_BOUNDS.entries()) {
    if (bound < FINEST_MS || bound > COARSEST_MS) continue;
    yield { metricName, labels: { ...labels, le: bound * scale }, value: totals[i]! };
  }
  yield { metricName, labels: { ...labels, le: '+Inf' }, value: histogram.count };
  yield { metricName: `${name}_sum`, labels, value: histogram.sum * scale };
  yield { metricName: `${name}_count`, labels, value: histogram.count };
}

function named(row: MetricRow, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(row.labels.map((label, i) => [label, values[i]!]));
}
