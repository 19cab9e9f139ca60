import type { PublishedReading } from '../metrics/metrics.js';
import type { DataType } from './payload.js';

/** One metric of the edge node, or of one of its devices, as it is now. */
export interface NodeMetric {
  /** The camera that it is of; null: the edge node itself. */
  readonly device: string | null;
  /** `machine_cpu`, `frames_answered/inferred`: unique within the node or device. */
  readonly name: string;
  readonly type: DataType;
  /** Its name in the history; null where it has none. */
  readonly series: string | null;
  readonly value: number | string | boolean | null;
}

/**
 * Every published reading as a metric: those with a camera among their labels are the camera's, the rest the node's. Each alert
 * that may be raised is a Boolean of the node: `alerts/camera-lost`.
 */
export function nodeMetrics(
  readings: Iterable<PublishedReading>,
  alertCodes: readonly string[],
  isActive: (code: string) => boolean,
): NodeMetric[] {
  const metrics: NodeMetric[] = [];
  for (const { row, labels, value } of readings) {
    const place = row.labels.indexOf('camera');
    const device = place < 0 ? null : labels[place]!;
    const others = labels.filter((_, i) => i !== place);
    const type = row.type === 'word' ? 'String' : row.type === 'counter' ? 'Int64' : 'Double';
    const series = [row.name, ...labels].join('.');
    metrics.push({ device, name: [row.name, ...others].join('/'), type, series, value: toldAs(type, value) });
  }
  for (const code of alertCodes) {
    metrics.push({ device: null, name: `alerts/${code}`, type: 'Boolean', series: null, value: isActive(code) });
  }
  return metrics;
}

/** What is no finite number is no value; Int64 has no fractions. */
function toldAs(type: DataType, value: NodeMetric['value']): NodeMetric['value'] {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  return type === 'Int64' ? Math.trunc(value) : value;
}
