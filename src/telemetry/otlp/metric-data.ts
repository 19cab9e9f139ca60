import type { HrTime } from '@opentelemetry/api';
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import type { Buckets, MetricRow, Reading } from '../../foundation/metric-row.js';
import { type SemanticName, semanticName } from './semantic-names.js';

// values of enums of the SDK, which is loaded only where metrics are exported
const DOUBLE = 1;
const CUMULATIVE = 1;
const HISTOGRAM = 0;
const GAUGE = 2;
const SUM = 3;

/** From when until when the numbers are, in Unix ms. */
export interface Span {
  /** When the program began to count. */
  readonly startedAt: number;
  readonly now: number;
}

/**
 * Every row as OpenTelemetry knows metrics: counters as monotonic cumulative sums, gauges, histograms with explicit bounds,
 * words as a gauge of 1 with the word as attribute. What has no reading is left out.
 */
export function metricData(rows: readonly MetricRow[], span: Span): MetricData[] {
  return rows.map((row) => dataOf(row, span)).filter(({ dataPoints }) => dataPoints.length > 0);
}

function dataOf(row: MetricRow, span: Span): MetricData {
  const semantic = semanticName(row);
  const { name, unit } = semantic;
  const common = {
    descriptor: { name, unit, description: row.help, valueType: DOUBLE },
    aggregationTemporality: CUMULATIVE,
  };
  const points = <T, V>(readings: Iterable<Reading<T>>, convert: (value: T) => V) =>
    pointsOf(readings, semantic, span, convert);
  switch (row.type) {
    case 'histogram':
      return {
        ...common,
        dataPointType: HISTOGRAM,
        dataPoints: points(row.read(), (buckets) => histogramOf(buckets, semantic.scale)),
      } as MetricData;
    case 'counter':
      return {
        ...common,
        dataPointType: SUM,
        isMonotonic: true,
        dataPoints: points(row.read(), (value) => value * semantic.scale),
      } as MetricData;
    case 'word':
      return { ...common, dataPointType: GAUGE, dataPoints: wordPoints(row.read(), semantic, span) } as MetricData;
    default:
      return {
        ...common,
        dataPointType: GAUGE,
        dataPoints: points(row.read(), (value) => value * semantic.scale),
      } as MetricData;
  }
}

function pointsOf<T, V>(
  readings: Iterable<Reading<T>>,
  semantic: SemanticName,
  { startedAt, now }: Span,
  convert: (value: T) => V,
): DataPoint<V>[] {
  const points: DataPoint<V>[] = [];
  for (const [labels, value] of readings) {
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) continue;
    const startTime = hrTime(startedAt);
    points.push({ startTime, endTime: hrTime(now), attributes: attributesOf(semantic, labels), value: convert(value) });
  }
  return points;
}

function wordPoints(readings: Iterable<Reading<string>>, semantic: SemanticName, span: Span): DataPoint<number>[] {
  return [...readings].flatMap(([labels, word]) => {
    if (word === null) return [];
    const [point] = pointsOf([[labels, 1]], semantic, span, (value) => value) as [DataPoint<number>];
    return [{ ...point, attributes: { ...point.attributes, value: word } }];
  });
}

function attributesOf({ attributes, fixed }: SemanticName, labels: readonly string[]): Record<string, string> {
  return { ...fixed, ...Object.fromEntries(attributes.map((name, i) => [name, labels[i]!])) };
}

/** Buckets of our own are cumulative, and end with an open one that OTLP wants apart. */
function histogramOf(buckets: Buckets, scale: number): Histogram {
  const cumulative = buckets.cumulative();
  const counts = cumulative.map((total, i) => total - (i > 0 ? cumulative[i - 1]! : 0));
  // what lies beyond the last bound is counted in the last bucket too: nothing is left for the open one
  const boundaries = buckets.bounds.slice(0, -1).map((bound) => bound * scale);
  return { buckets: { boundaries, counts }, sum: buckets.sum * scale, count: buckets.count };
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
