/** What a metric was over one step of time. Where nothing was read there is no point: a gap is a gap. */
export interface SeriesPoint {
  /** Unix ms at which the step begins: a multiple of the step. */
  readonly t: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** What 95 % of the readings did not exceed. */
  readonly p95: number;
  /** Readings, or observations of a histogram. */
  readonly count: number;
}

const SHARE = 0.95;
/** Halvings of the range in which the p95 of several points is looked for: to a billionth of it. */
const HALVINGS = 30;

/**
 * Several points as one at `t`. Minimum, mean, maximum and count are exact. The p95 is that of the distributions that the
 * points describe: each a curve from its minimum to its p95, bent so that its mean is right, and a line from there to its
 * maximum. So it lies between the smallest and the largest p95 of the points, as the true one does; how far off it is there
 * depends on the distribution (docs/history.md).
 *
 * @param points one at least
 * @param withP95 false: the p95 is NaN, which takes a twentieth of the time
 */
export function mergedPoint(t: number, points: readonly SeriesPoint[], withP95 = true): SeriesPoint {
  if (points.length === 1) return { ...points[0]!, t };
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    count += point.count;
    sum += point.mean * point.count;
    min = Math.min(min, point.min);
    max = Math.max(max, point.max);
  }
  return { t, min, mean: sum / count, max, p95: withP95 ? mergedP95(points, SHARE * count) : Number.NaN, count };
}

function mergedP95(points: readonly SeriesPoint[], rank: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { p95 } of points) {
    low = Math.min(low, p95);
    high = Math.max(high, p95);
  }
  if (low === high) return high;
  const powers = points.map((point) => 1 / steepnessOf(point));
  for (let i = 0; i < HALVINGS && low < high; i++) {
    const middle = low + (high - low) / 2;
    let below = 0;
    for (const [index, point] of points.entries()) below += shareBelow(point, middle, powers[index]!) * point.count;
    if (below < rank) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The share of a point's readings, 0..1, that do not exceed `value`, as `mergedPoint` takes them to be distributed.
 *
 * @param power one by the steepness of the point
 */
function shareBelow({ min, max, p95 }: SeriesPoint, value: number, power: number): number {
  if (value < min) return 0;
  if (value >= max) return 1;
  if (value >= p95) return SHARE + ((1 - SHARE) * (value - p95)) / (max - p95);
  return SHARE * ((value - min) / (p95 - min)) ** power;
}

/**
 * The readings that `mergedPoint` takes a point to stand for, as [value, weight] whose weights add up to its count: for a
 * sketch that goes on where the readings themselves are gone.
 */
export function* spreadOf(point: SeriesPoint, parts = 20): Iterable<readonly [value: number, weight: number]> {
  const { min, max, p95, count } = point;
  const steepness = steepnessOf(point);
  for (let i = 0; i < parts; i++) {
    const share = (i + 0.5) / parts;
    const value =
      share < SHARE
        ? min + (p95 - min) * (share / SHARE) ** steepness
        : p95 + ((max - p95) * (share - SHARE)) / (1 - SHARE);
    yield [value, count / parts];
  }
}

const [LEAST_STEEP, STEEPEST] = [0.01, 100];

/**
 * The power with which values go up from the minimum to the p95: 1 where they lie evenly, more where most are near the
 * minimum. Their mean is min + (p95 - min) / (steepness + 1), and with what lies above the p95 that of the point.
 */
function steepnessOf({ min, mean, max, p95 }: SeriesPoint): number {
  const lower = (mean - (1 - SHARE) * ((p95 + max) / 2)) / SHARE;
  const steepness = (p95 - min) / (lower - min) - 1;
  // also where there is no range, or no room left below the p95
  return lower > min ? Math.min(STEEPEST, Math.max(LEAST_STEEP, steepness)) : STEEPEST;
}
