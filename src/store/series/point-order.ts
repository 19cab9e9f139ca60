import { stepStart } from './resolutions.js';
import { mergedPoint, type SeriesPoint } from './series-point.js';

/** The points in order of time, those of one step as one: there are two where the clock was set back. */
export function inTimeOrder(points: SeriesPoint[]): SeriesPoint[] {
  for (let i = 1; i < points.length; i++) {
    if (points[i]!.t <= points[i - 1]!.t)
      return resampled(
        points.toSorted((a, b) => a.t - b.t),
        1,
      );
  }
  return points;
}

/** Points of steps of `stepMs` out of finer ones. @param points in order of time; @param withP95 as of `mergedPoint` */
export function resampled(points: readonly SeriesPoint[], stepMs: number, withP95 = true): SeriesPoint[] {
  const coarse: SeriesPoint[] = [];
  for (let from = 0; from < points.length; ) {
    const t = stepStart(points[from]!.t, stepMs);
    let to = from + 1;
    while (to < points.length && points[to]!.t < t + stepMs) to++;
    coarse.push(to === from + 1 ? { ...points[from]!, t } : mergedPoint(t, points.slice(from, to), withP95));
    from = to;
  }
  return coarse;
}
