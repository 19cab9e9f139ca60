import { mergedPoint, type SeriesPoint } from '../../store/series/series-point.js';
import type { SeriesAnswer } from '../../store/series/series-reader.js';
import type { LocalDay } from '../day/local-day.js';

/** Series by metric, as they were read over some time. */
export type MeasuredSeries = ReadonlyMap<string, readonly SeriesAnswer[]>;

type Span = Pick<LocalDay, 'from' | 'to'>;
type Labels = Readonly<Record<string, string>>;

/** Counters are read once a second: a point's mean is per second, and its readings are as many seconds. */
const SECONDS_PER_READING = 1;

/** The series of a metric with these labels, each cut to a time: a step belongs to the time that has its middle. */
export function seriesIn(measured: MeasuredSeries, metric: string, labels: Labels, { from, to }: Span): SeriesAnswer[] {
  const wanted = Object.entries(labels);
  return (measured.get(metric) ?? [])
    .filter(({ key }) => wanted.every(([label, value]) => key.labels[label] === value))
    .map((answer) => {
      const isIn = ({ t }: SeriesPoint) => t + answer.stepMs / 2 >= from && t + answer.stepMs / 2 < to;
      return { ...answer, points: answer.points.filter(isIn) };
    });
}

/** The points of all of them. */
export function pointsIn(measured: MeasuredSeries, metric: string, labels: Labels, span: Span): SeriesPoint[] {
  return seriesIn(measured, metric, labels, span).flatMap(({ points }) => points);
}

/** How much a counter grew over points of its growth per second; null where nothing was read. */
export function grownBy(points: readonly SeriesPoint[]): number | null {
  if (points.length === 0) return null;
  return points.reduce((sum, { mean, count }) => sum + mean * count * SECONDS_PER_READING, 0);
}

/** How much the counters of a metric grew, by the value of one of their labels; null where nothing was read of any. */
export function grownByLabel(series: readonly SeriesAnswer[], label: string): Record<string, number> | null {
  const grown = new Map<string, number>();
  for (const { key, points } of series) {
    const more = grownBy(points);
    if (more === null) continue;
    const name = key.labels[label] ?? '';
    grown.set(name, (grown.get(name) ?? 0) + more);
  }
  if (grown.size === 0) return null;
  return Object.fromEntries([...grown].map(([name, amount]) => [name, Math.round(amount)]));
}

/** Mean of all readings; null of none. */
export function meanOf(points: readonly SeriesPoint[]): number | null {
  let [sum, count] = [0, 0];
  for (const point of points) {
    sum += point.mean * point.count;
    count += point.count;
  }
  return count === 0 ? null : sum / count;
}

/** What 95 % of all readings stayed under; null of none. */
export function p95Of(points: readonly SeriesPoint[]): number | null {
  return points.length === 0 ? null : mergedPoint(0, points).p95;
}

/** The highest reading; null of none. */
export function highestOf(points: readonly SeriesPoint[]): number | null {
  return points.length === 0 ? null : points.reduce((most, { max }) => Math.max(most, max), Number.NEGATIVE_INFINITY);
}

/** The lowest reading; null of none. */
export function lowestOf(points: readonly SeriesPoint[]): number | null {
  return points.length === 0 ? null : points.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY);
}

/** A number as exact as anybody reads it: four digits. */
export function fourDigits(value: number): number;
export function fourDigits(value: number | null): number | null;
export function fourDigits(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
