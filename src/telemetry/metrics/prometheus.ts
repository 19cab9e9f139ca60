import { Gauge, type MetricObjectWithValues, type MetricType, type MetricValue, Registry } from 'prom-client';
import type { Buckets, MetricRow, WordMetric } from '../../foundation/metric-row.js';
import { seesSeries, type Viewer } from '../../foundation/viewer.js';

/** What the text is, for HTTP. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Bounds in ms that Prometheus gets: enough to see by, few enough to format in a moment. */
const FINEST_MS = 0.5;
const COARSEST_MS = 8192;

/** `edge_fps_inferred`, `edge_latency_p95_seconds`, `edge_frames_captured_total`: the name that Prometheus knows it by. */
export function prometheusName(row: MetricRow): string {
  const unit = row.unit === 'ms' || row.unit === 's' ? '_seconds' : row.unit === 'bytes' ? '_bytes' : '';
  return `edge_${row.name}${unit}${row.type === 'counter' ? '_total' : ''}`;
}

/** Whose a camera is, for the label `tenant`: null where it is nobody's but the device's. */
export type TenantOfCamera = (camera: string) => string | null;

/** Metrics as Prometheus reads them: text format, version 0.0.4. */
export class PrometheusText {
  readonly #registry = new Registry();
  readonly #viewer: Viewer;
  readonly #tenantOf: TenantOfCamera;

  /** @param viewer series that they may not see are not there */
  constructor(viewer: Viewer, tenantOf: TenantOfCamera) {
    this.#viewer = viewer;
    this.#tenantOf = tenantOf;
  }

  /** @throws Error where there is one of the name already */
  add(row: MetricRow): void {
    const isWhollyHidden = this.#viewer.kind !== 'operator' && !row.isForTenants && !isSomebodys(row);
    if (!isWhollyHidden) this.#registry.registerMetric(new ReadMetric(row, this.#viewer, this.#tenantOf));
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A row as prom-client knows metrics: nothing is kept, it is read when somebody asks. */
class ReadMetric extends Gauge {
  readonly #row: MetricRow;
  readonly #viewer: Viewer;
  readonly #tenantOf: TenantOfCamera;

  constructor(row: MetricRow, viewer: Viewer, tenantOf: TenantOfCamera) {
    super({ name: prometheusName(row), help: row.help, labelNames: labelNames(row), registers: [] });
    this.#row = row;
    this.#viewer = viewer;
    this.#tenantOf = tenantOf;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const described = { ...(await super.get()), type: promType(this.#row), values: [] };
    return { ...described, values: [...samples(this.#row, (values) => this.#labelsOf(values))] };
  }

  /** Labels of one reading; null where the viewer may not see it. */
  #labelsOf(values: readonly string[]): Record<string, string> | null {
    const row = this.#row;
    const labels: Record<string, string> = Object.fromEntries(row.labels.map((label, i) => [label, values[i]!]));
    if (!row.isForTenants && !seesSeries(this.#viewer, labels)) return null;
    const tenant = labels['camera'] === undefined ? null : this.#tenantOf(labels['camera']);
    return tenant === null ? labels : { ...labels, tenant };
  }
}

function labelNames(row: MetricRow): string[] {
  const labels = new Set([...row.labels, ...(row.type === 'word' ? ['value'] : [])]);
  return [...(isSomebodys(row) ? labels.add('tenant') : labels)];
}

/** Whether there are series of it that are a tenant's. */
const isSomebodys = ({ labels }: MetricRow): boolean => labels.includes('camera') || labels.includes('tenant');

/** prom-client declares its types as a const enum that code compiled file by file cannot name. */
function promType(row: MetricRow): MetricType {
  const type = row.type === 'counter' || row.type === 'histogram' ? row.type : 'gauge';
  return type as unknown as MetricType;
}

type Sample = MetricValue<string> & { metricName?: string };

/** Labels of a reading, by its values; null where it is not to be shown. */
type LabelsOf = (values: readonly string[]) => Record<string, string> | null;

/** Readings that are not there are left out: Prometheus shows a gap then. */
function* samples(row: MetricRow, labelsOf: LabelsOf): Iterable<Sample> {
  const scale = row.unit === 'ms' ? 0.001 : 1;
  for (const [values, reading] of row.read()) {
    const labels = reading === null ? null : labelsOf(values);
    if (labels === null) continue;
    if (typeof reading === 'string') {
      for (const value of (row as WordMetric).words)
        yield { labels: { ...labels, value }, value: Number(value === reading) };
    } else if (typeof reading === 'number') yield { labels, value: reading * scale };
    else yield* bucketSamples(prometheusName(row), labels, reading!, scale);
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
