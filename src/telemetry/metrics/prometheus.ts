import { Gauge, type MetricObjectWithValues, type MetricType, type MetricValue, Registry } from 'prom-client';
import type { Buckets, MetricRow } from '../../foundation/metric-row.js';

/** Bounds in ms that Prometheus gets: enough to see by, few enough to format in a moment. */
const FINEST_MS = 0.5;
const COARSEST_MS = 8192;

/** `edge_fps_inferred`, `edge_latency_p95_seconds`, `edge_frames_captured_total`: the name that Prometheus knows it by. */
export function prometheusName(row: MetricRow): string {
  const unit = row.unit === 'ms' || row.unit === 's' ? '_seconds' : row.unit === 'bytes' ? '_bytes' : '';
  return `edge_${row.name}${unit}${row.type === 'counter' ? '_total' : ''}`;
}

/** Metrics as Prometheus reads them: text format, version 0.0.4. */
export class PrometheusText {
  readonly #registry = new Registry();

  /** @throws Error where there is one of the name already */
  add(row: MetricRow): void {
    this.#registry.registerMetric(new ReadMetric(row));
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A row as prom-client knows metrics: nothing is kept, it is read when somebody asks. */
class ReadMetric extends Gauge {
  readonly #row: MetricRow;

  constructor(row: MetricRow) {
    super({ name: prometheusName(row), help: row.help, labelNames: labelNames(row), registers: [] });
    this.#row = row;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const described = { ...(await super.get()), type: promType(this.#row), values: [] };
    return { ...described, values: [...samples(this.#row)] };
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
function* samples(row: MetricRow): Iterable<Sample> {
  const scale = row.unit === 'ms' ? 0.001 : 1;
  if (row.type === 'histogram') {
    for (const [labels, buckets] of row.read()) {
      if (buckets) yield* bucketSamples(prometheusName(row), named(row, labels), buckets, scale);
    }
  } else if (row.type === 'word') {
    for (const [labels, word] of row.read()) {
      if (word === null) continue;
      for (const value of row.words) yield { labels: { ...named(row, labels), value }, value: Number(value === word) };
    }
  } else {
    for (const [labels, value] of row.read()) {
      if (value !== null) yield { labels: named(row, labels), value: value * scale };
    }
  }
}

function* bucketSamples(
  name: string,
  labels: Record<string, string>,
  buckets: Buckets,
  scale: number,
): Iterable<Sample> {
  const metricName = `${name}_bucket`;
  const totals = buckets.cumulative();
  for (const [i, bound] of buckets.bounds.entries()) {
    if (bound < FINEST_MS || bound > COARSEST_MS) continue;
    yield { metricName, labels: { ...labels, le: bound * scale }, value: totals[i]! };
  }
  yield { metricName, labels: { ...labels, le: '+Inf' }, value: buckets.count };
  yield { metricName: `${name}_sum`, labels, value: buckets.sum * scale };
  yield { metricName: `${name}_count`, labels, value: buckets.count };
}

function named(row: MetricRow, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(row.labels.map((label, i) => [label, values[i]!]));
}
