import type { MetricRow } from '../../foundation/metric-row.js';
import { seesSeries, type Viewer } from '../../foundation/viewer.js';
import type { MetricValues } from '../mqtt/messages/metrics.js';
import type { MetricDefinition } from '../mqtt/messages/status.js';
import type { Metrics, PublishedReading, SeriesFilter } from './metrics.js';

/** Of all that is measured, what somebody is told over MQTT. */
export class ToldMetrics {
  readonly #metrics: Metrics;
  readonly #isTold: SeriesFilter;

  constructor(metrics: Metrics, isTold: SeriesFilter) {
    this.#metrics = metrics;
    this.#isTold = isTold;
  }

  /** See `Metrics.snapshot`. */
  snapshot(): MetricValues {
    return this.#metrics.snapshot(this.#isTold);
  }

  /** See `Metrics.published`. */
  published(): Iterable<PublishedReading> {
    return this.#metrics.published(this.#isTold);
  }

  /** See `Metrics.definitions`. */
  definitions(): MetricDefinition[] {
    return this.#metrics.definitions(this.#isTold);
  }

  /** See `Metrics.rowOf`. */
  rowOf(name: string): MetricRow | null {
    return this.#metrics.rowOf(name);
  }
}

/** What a tenant is told: what is of its cameras and its own, nothing of the machine. */
export function toldToTenant(viewer: Viewer): SeriesFilter {
  return (row, labels) => row.isForTenants === true || seesSeries(viewer, labelled(row, labels));
}

/**
 * What the device tells under its own name where it has tenants: all of the machine and of its own cameras, and nothing that is of a
 * tenant's, such as what reads its pictures.
 *
 * @param tenantOf whose a camera is; null: the device's own
 * @param tenants their ids
 */
export function toldOfDevice(tenantOf: (camera: string) => string | null, tenants: readonly string[]): SeriesFilter {
  return (row, labels) => {
    const { camera, process, tenant } = labelled(row, labels);
    if (tenant !== undefined && tenants.includes(tenant)) return false;
    if (camera !== undefined && tenantOf(camera) !== null) return false;
    return process === undefined || tenantOf(process.replace(/^ffmpeg-/, '')) === null;
  };
}

function labelled({ labels }: MetricRow, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, i) => [label, values[i]!]));
}
