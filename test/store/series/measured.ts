import type { Buckets, HistogramReading, MetricReading } from '../../../src/foundation/metric-row.js';
import type { MetricsNow } from '../../../src/store/series/rollup.js';

/** A reading of a gauge or counter with one label, `camera`. */
export function reading(
  metric: string,
  value: number | null,
  { type = 'gauge', camera = 'north', unit = '' }: { type?: 'gauge' | 'counter'; camera?: string; unit?: string } = {},
): MetricReading {
  const row = { type, name: metric, unit, labels: ['camera'], step: 1, help: '', read: () => [] };
  return { name: `${metric}.${camera}`, row, labels: [camera], value };
}

export function histogramReading(metric: string, buckets: Buckets | null): HistogramReading {
  const row = { type: 'histogram', name: metric, unit: 'ms', labels: ['camera'], help: '', read: () => [] } as const;
  return { name: `${metric}.north`, row, labels: ['north'], buckets };
}

export const measured = (...readings: MetricReading[]): MetricsNow => ({ readings, histograms: [] });
