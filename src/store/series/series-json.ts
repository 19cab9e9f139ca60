import type { SeriesPoint } from './series-point.js';
import type { SeriesAnswer, SeriesSpan } from './series-reader.js';
import type { RequestedTime } from './series-request.js';

/** A time without points: from its first step up to but without `to`, Unix ms. */
export interface SeriesGap {
  readonly from: number;
  readonly to: number;
}

/** A number as short as its digits say something: points are kept with seven. */
const short = (value: number): number => Number(value.toPrecision(7));

/** Where a time has no points. @param points in order of time, of steps of `stepMs` */
export function gapsIn(points: readonly SeriesPoint[], { from, to, stepMs }: RequestedTime): SeriesGap[] {
  const gaps: SeriesGap[] = [];
  let expected = Math.floor(from / stepMs) * stepMs;
  for (const { t } of points) {
    if (t > expected) gaps.push({ from: expected, to: t });
    expected = t + stepMs;
  }
  // a step that still goes on is none
  if (expected + stepMs <= to) gaps.push({ from: expected, to });
  return gaps;
}

/** Answers as whoever reads JSON gets them. Where nothing was read there is no point, and `gaps` says so. */
export function answersAsJson(answers: readonly SeriesAnswer[], time: RequestedTime) {
  const { from, to } = time;
  return {
    from,
    to,
    series: answers.map(({ key, stepMs, points }) => ({
      ...key,
      stepMs,
      points: points.map(({ t, min, mean, max, p95, count }) => ({
        t,
        min: short(min),
        mean: short(mean),
        max: short(max),
        p95: short(p95),
        count,
      })),
      gaps: gapsIn(points, { from, to, stepMs }),
    })),
  };
}

/** The list of what is kept as whoever reads JSON gets it. */
export function spansAsJson(spans: readonly SeriesSpan[]) {
  return { series: spans.map(({ key, from, to }) => ({ ...key, from, to })) };
}
