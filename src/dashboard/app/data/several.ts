import type { SeveralReply, SeveralSeries } from '../../api/history.js';
import { type Asked, useApi } from './api.ts';

/** A number a step; null is a gap. */
export type Values = readonly (number | null)[];
export type PointOf = 'min' | 'mean' | 'max' | 'p95';
export type Several = SeveralReply;

const HOUR_EVERY_MS = 10_000;
const EVERY_MS = 60_000;

/** Several metrics over the time that is chosen, asked again as long as it goes on; of none nothing is asked. */
export function useSeveral(
  metrics: readonly string[],
  time: { readonly since: string; readonly until?: string },
  { values = 'mean', camera }: { readonly values?: string; readonly camera?: string | undefined } = {},
): Asked<SeveralReply> {
  const everyMs = time.until !== undefined ? 0 : time.since === '1h' ? HOUR_EVERY_MS : EVERY_MS;
  return useApi(metrics.length === 0 ? null : '/api/v1/history/several', {
    words: { metrics: metrics.join(','), ...time, values, camera },
    everyMs,
  });
}

/** Unix ms at which the steps begin. */
export const timesOf = ({ from, stepMs, steps }: SeveralReply): number[] =>
  Array.from({ length: steps }, (_, step) => from + step * stepMs);

/** The series of a metric whose labels are so. */
export const seriesOf = (
  { series }: SeveralReply,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): SeveralSeries[] =>
  series.filter(
    (one) => one.metric === metric && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );

/** Values of a label that the series of a metric have, in order. */
export const labelsOf = (reply: SeveralReply, metric: string, label: string): string[] =>
  [...new Set(seriesOf(reply, metric).map(({ labels }) => labels[label] ?? ''))].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true }),
  );

/** Several series as one; null where none was read. */
export function together(
  series: readonly SeveralSeries[],
  how: 'sum' | 'max' | 'min' | 'mean',
  of: PointOf = 'mean',
): (number | null)[] {
  const columns =
    series.flatMap(({ values }) => values[of] ?? []).length === 0 ? [] : series.map(({ values }) => values[of] ?? []);
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, step) => {
    const read = columns.flatMap((column) => column[step] ?? []);
    if (read.length === 0) return null;
    if (how === 'max') return Math.max(...read);
    if (how === 'min') return Math.min(...read);
    const sum = read.reduce((all, value) => all + value, 0);
    return how === 'sum' ? sum : sum / read.length;
  });
}

/** What was read of values: their mean, largest and last; null where nothing was. */
export function summary(values: Values): { mean: number | null; max: number | null; last: number | null } {
  const read = values.filter((value) => value !== null);
  if (read.length === 0) return { mean: null, max: null, last: null };
  return {
    mean: read.reduce((sum, value) => sum + value, 0) / read.length,
    max: Math.max(...read),
    last: read.at(-1)!,
  };
}

/** Each step by another; null where one of them was not read, or nothing is divided by. */
export const dividedBy = (values: Values, by: Values): (number | null)[] =>
  values.map((value, step) => {
    const divisor = by[step] ?? null;
    return value === null || divisor === null || divisor === 0 ? null : value / divisor;
  });
