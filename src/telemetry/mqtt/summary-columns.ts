import type { SeriesAnswer } from '../../store/series/series-reader.js';
import type { SummaryPayload } from './messages/summary.js';

/** What is told of each step. */
export type SummaryColumn = 'min' | 'mean' | 'max' | 'p95';

export interface SummaryWindow {
  /** Unix ms at which the first step begins. */
  readonly from: number;
  readonly stepS: number;
  readonly steps: number;
}

const DIGITS = 4;

/** Some series over some steps, as columns; null where none of them has a reading in that time. */
export function summaryOf(
  answers: readonly SeriesAnswer[],
  { from, stepS, steps }: SummaryWindow,
  columns: readonly SummaryColumn[],
): SummaryPayload | null {
  const metrics: SummaryPayload['metrics'] = {};
  for (const { key, points } of answers) {
    const told = points.filter(({ t }) => t >= from && t < from + steps * stepS * 1000);
    if (told.length === 0) continue;
    const byColumn = columns.map((column) => {
      const values = Array.from<number | null>({ length: steps }).fill(null);
      for (const point of told) values[Math.floor((point.t - from) / (stepS * 1000))] = rounded(point[column]);
      return [column, values] as const;
    });
    metrics[key.name] = Object.fromEntries(byColumn);
  }
  return Object.keys(metrics).length === 0 ? null : { from, stepS, steps, metrics };
}

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
