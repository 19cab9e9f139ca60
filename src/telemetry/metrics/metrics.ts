import type { HttpRoute } from '../../foundation/http-route.js';
import type {
  HistogramReading,
  MetricReading,
  MetricRow,
  NumberMetric,
  WordMetric,
} from '../../foundation/metric-row.js';
import { OPERATOR, type Viewer } from '../../foundation/viewer.js';
import type { MetricValues } from '../mqtt/messages/metrics.js';
import type { MetricDefinition } from '../mqtt/messages/status.js';
import { PROMETHEUS_TYPE, PrometheusText, type TenantOfCamera } from './prometheus.js';

/** What looks at something once a second, so that rates and other readings over time can be made of it. */
export interface Sampled {
  /** @param now ms on any clock that only goes forward */
  sample(now: number): void | Promise<void>;
}

/** A value that MQTT carries, rounded. */
export interface PublishedReading {
  readonly row: NumberMetric | WordMetric;
  readonly labels: readonly string[];
  readonly value: number | string | null;
}

/** Whether one series of a metric is meant, by the values of its labels. */
export type SeriesFilter = (row: MetricRow, labels: readonly string[]) => boolean;

const EVERY_SERIES: SeriesFilter = () => true;
const SAMPLE_MS = 1000;

/**
 * Everything that is measured, as rows of whoever measures it, and how it leaves the program: as a snapshot for MQTT, as
 * text for Prometheus. It holds no number itself.
 */
export class Metrics {
  /** `GET /metrics`: the Prometheus text; to a tenant, of its cameras. */
  readonly route: HttpRoute = {
    path: '/metrics',
    openTo: 'tenants',
    handle: async (_, viewer) => ({
      contentType: PROMETHEUS_TYPE,
      body: await this.prometheus(viewer),
    }),
  };
  readonly #rows: MetricRow[] = [];
  readonly #tenantOf: TenantOfCamera;
  readonly #prometheus: PrometheusText;
  /** What each tenant is shown, once it asked. */
  readonly #ofTenants = new Map<string, PrometheusText>();
  readonly #sampled: Sampled[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param tenantOf whose a camera is; default nobody's but the device's */
  constructor(tenantOf: TenantOfCamera = () => null) {
    this.#tenantOf = tenantOf;
    this.#prometheus = new PrometheusText(OPERATOR, tenantOf);
  }

  /** @throws RangeError where a name is taken */
  register(rows: readonly MetricRow[]): void {
    for (const row of rows) {
      if (this.#rows.some(({ name }) => name === row.name)) throw new RangeError(`metric ${row.name} is there already`);
      for (const text of [this.#prometheus, ...this.#ofTenants.values()]) text.add(row);
      this.#rows.push(row);
    }
  }

  /** All that were registered so far, in that order. */
  get rows(): readonly MetricRow[] {
    return this.#rows;
  }

  /** Has it look once a second while metrics are running. */
  follow(sampled: Sampled): void {
    this.#sampled.push(sampled);
  }

  /** Begins to sample once a second; the timer keeps no process alive. */
  start(): void {
    if (this.#timer) return;
    void this.sample(performance.now());
    this.#timer = setInterval(() => void this.sample(performance.now()), SAMPLE_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** @param now ms on any clock that only goes forward */
  async sample(now: number): Promise<void> {
    await Promise.all(this.#sampled.map((sampled) => sampled.sample(now)));
  }

  /**
   * All values that MQTT carries, by name: `fps_inferred.north`. Rounded, so that noise does not count as a change.
   *
   * @param isMeant which series; default every one
   */
  snapshot(isMeant = EVERY_SERIES): MetricValues {
    const values: MetricValues = {};
    for (const { row, labels, value } of this.published(isMeant)) values[seriesName(row, labels)] = value;
    return values;
  }

  /** The same, with the row that each is of. */
  *published(isMeant = EVERY_SERIES): Iterable<PublishedReading> {
    for (const row of this.#rows) {
      if (!isInMqtt(row)) continue;
      for (const [labels, value] of row.read()) {
        if (!isMeant(row, labels)) continue;
        yield { row, labels, value: typeof value === 'number' ? rounded(value, (row as NumberMetric).step) : value };
      }
    }
  }

  /** Every counter and gauge as it is now, unrounded, also those that MQTT does not carry. What is no finite number is null. */
  readings(): MetricReading[] {
    const readings: MetricReading[] = [];
    for (const row of this.#rows) {
      if (row.type !== 'counter' && row.type !== 'gauge') continue;
      for (const [labels, value] of row.read()) {
        const isNumber = value !== null && Number.isFinite(value);
        readings.push({ name: seriesName(row, labels), row, labels, value: isNumber ? value : null });
      }
    }
    return readings;
  }

  /** Every histogram as it is now. */
  histograms(): HistogramReading[] {
    const readings: HistogramReading[] = [];
    for (const row of this.#rows) {
      if (row.type !== 'histogram') continue;
      for (const [labels, buckets] of row.read()) {
        readings.push({ name: seriesName(row, labels), row, labels, buckets });
      }
    }
    return readings;
  }

  /** What a name of `snapshot()` is a reading of; null where nothing is called so. */
  rowOf(name: string): MetricRow | null {
    const [family] = name.split('.');
    return this.#rows.find((row) => row.name === family) ?? null;
  }

  /** Every name that `snapshot()` has or will have of these series, with its unit: the list of a birth message. */
  definitions(isMeant = EVERY_SERIES): MetricDefinition[] {
    const definitions: MetricDefinition[] = [];
    for (const row of this.#rows) {
      if (!isInMqtt(row)) continue;
      for (const labels of seriesOf(row)) {
        if (isMeant(row, labels)) definitions.push({ name: seriesName(row, labels), unit: row.unit });
      }
    }
    return definitions;
  }

  /** The Prometheus text format, version 0.0.4: what the viewer may see, with the label `tenant` where a camera is a tenant's. */
  prometheus(viewer: Viewer = OPERATOR): Promise<string> {
    return this.#textFor(viewer).text();
  }

  #textFor(viewer: Viewer): PrometheusText {
    if (viewer.tenant === null)
      return viewer.kind === 'operator' ? this.#prometheus : new PrometheusText(viewer, this.#tenantOf);
    let text = this.#ofTenants.get(viewer.tenant);
    if (text === undefined) {
      text = new PrometheusText(viewer, this.#tenantOf);
      for (const row of this.#rows) text.add(row);
      this.#ofTenants.set(viewer.tenant, text);
    }
    return text;
  }
}

/** Whether MQTT carries it. */
export function isInMqtt(row: MetricRow): row is NumberMetric | WordMetric {
  return row.type === 'word' || ((row.type === 'counter' || row.type === 'gauge') && row.mqtt !== false);
}

/** `frames_answered.north.inferred`: what MQTT and the history call one series of a metric. */
function seriesName(row: MetricRow, labels: readonly string[]): string {
  return [row.name, ...labels].join('.');
}

function* seriesOf(row: NumberMetric | WordMetric): Iterable<readonly string[]> {
  if (row.series) yield* row.series();
  else for (const [labels] of row.read()) yield labels;
}

function rounded(value: number, step: number): number | null {
  if (!Number.isFinite(value)) return null;
  if (step === 0) return Number(value.toPrecision(3));
  return Number((Math.round(value / step) * step).toFixed(3));
}
