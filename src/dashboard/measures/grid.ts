import { setImmediate as turn } from 'node:timers/promises';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { SeriesKey } from '../../store/series/rollup.js';
import type { SeriesPoint } from '../../store/series/series-point.js';

/** What of the points of a series is looked at. */
export const POINT_VALUES = ['min', 'mean', 'max', 'p95'] as const;
export type PointValue = (typeof POINT_VALUES)[number];

/** Steps of one length, the first of which begins at `from` (Unix ms, a multiple of the step). */
export interface Grid {
  readonly from: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** One series on a grid: a value a step, NaN where nothing was read. @template Wanted what of its points was asked for */
export interface GridSeries<Wanted extends PointValue = PointValue> {
  readonly key: SeriesKey;
  readonly values: Readonly<Record<Wanted, Float64Array>>;
  /** The step in which it was kept of that time: where that is longer than the grid's, several steps have its one value. */
  readonly keptStepMs: number;
}

/** The grid of the steps from the one that holds `from` up to `to`, Unix ms. */
export function gridOf(from: number, to: number, stepMs: number): Grid {
  const start = Math.floor(from / stepMs) * stepMs;
  return { from: start, stepMs, steps: Math.max(1, Math.ceil((to - start) / stepMs)) };
}

/** The step of a grid that a time falls into; below 0 or beyond the last where it is outside. */
export const stepOfTime = ({ from, stepMs }: Grid, t: number): number => Math.floor((t - from) / stepMs);

/**
 * Every series of a metric on a grid. One is read after the other, with a turn for everything else in between: no reading keeps
 * the program from its frames for longer than one series takes.
 *
 * @param wanted what of the points is looked at; the p95 takes most of the time where steps are made of shorter ones
 */
export async function seriesOnGrid<Wanted extends PointValue>(
  reader: KeptSeries,
  metric: string,
  grid: Grid,
  sees: (key: SeriesKey) => boolean,
  wanted: readonly Wanted[],
): Promise<GridSeries<Wanted>[]> {
  const { from, stepMs, steps } = grid;
  const withP95 = wanted.some((value) => value === 'p95');
  const found: GridSeries<Wanted>[] = [];
  for (const { key } of reader.find({ metric, sees })) {
    await turn();
    const [answer] = reader.query({ metric: key.name, sees, from, to: from + steps * stepMs, stepMs, withP95 });
    if (answer === undefined || answer.points.length === 0) continue;
    found.push({ key, values: valuesOf(answer.points, answer.stepMs, grid, wanted), keptStepMs: answer.stepMs });
  }
  return found;
}

function valuesOf<Wanted extends PointValue>(
  points: readonly SeriesPoint[],
  keptStepMs: number,
  grid: Grid,
  wanted: readonly Wanted[],
): Record<Wanted, Float64Array> {
  const empty = (): Float64Array => new Float64Array(grid.steps).fill(Number.NaN);
  const values = Object.fromEntries(wanted.map((value) => [value, empty()])) as Record<Wanted, Float64Array>;
  for (const point of points) {
    const first = Math.max(0, stepOfTime(grid, point.t));
    const end = Math.min(grid.steps, Math.max(first + 1, stepOfTime(grid, point.t + keptStepMs)));
    for (let step = first; step < end; step++) {
      for (const value of wanted) values[value][step] = point[value];
    }
  }
  return values;
}

/** How several series make one. */
export type Joining = 'sum' | 'max' | 'mean';

/** Several series as one: of each step, of those that were read in it; NaN where none was. */
export function joined(all: readonly Float64Array[], how: Joining, steps: number): Float64Array {
  const result = new Float64Array(steps).fill(Number.NaN);
  for (let step = 0; step < steps; step++) {
    let [count, sum, max] = [0, 0, Number.NEGATIVE_INFINITY];
    for (const values of all) {
      const value = values[step]!;
      if (Number.isNaN(value)) continue;
      count += 1;
      sum += value;
      max = Math.max(max, value);
    }
    if (count > 0) result[step] = how === 'max' ? max : how === 'sum' ? sum : sum / count;
  }
  return result;
}
