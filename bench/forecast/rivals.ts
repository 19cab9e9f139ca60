const DAY = 24;
const WEEK = 168;
const GRID = [0.02, 0.1, 0.3];
/** The usual choice where nothing else is known: the trend hardly moves. */
const TREND = 0.001;

/** What foretells the next 24 hours at a place in a series, from what was before it. NaN where it cannot. */
export type Rival = (values: Float64Array, origin: number) => Float64Array;

/** The same hours of last week. */
export const seasonalNaive: Rival = (values, origin) => values.slice(origin - WEEK, origin - WEEK + DAY);

/** The mean of each hour of the day over the seven days before. */
export const lastWeeksMean: Rival = (values, origin) =>
  Float64Array.from({ length: DAY }, (_, hour) => meanOf(values, origin + hour, DAY, 7));

/** The mean of the same hour of the week over the four weeks before. */
export const fourWeeksMean: Rival = (values, origin) =>
  Float64Array.from({ length: DAY }, (_, hour) => meanOf(values, origin + hour, WEEK, 4));

function meanOf(values: Float64Array, at: number, period: number, times: number): number {
  const known: number[] = [];
  for (let k = 1; k <= times; k++) {
    const value = values[at - k * period];
    if (value !== undefined && !Number.isNaN(value)) known.push(value);
  }
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * Holt and Winters' additive exponential smoothing with a season of a week (Winters 1960), its two larger constants those
 * that foretold the hours before the first origin best.
 */
export function holtWinters(values: Float64Array, firstOrigin: number): Rival {
  const choices = GRID.flatMap((level) => GRID.map((season) => ({ level, season })));
  const errors = choices.map((choice) => smooth(values.slice(0, firstOrigin), choice).meanError);
  const best = choices[errors.indexOf(Math.min(...errors))]!;
  const { levels, trends, seasons } = smooth(values, best);
  return (_, origin) =>
    Float64Array.from({ length: DAY }, (_unused, hour) => {
      const season = seasons[origin + hour - WEEK]!;
      return Math.max(0, levels[origin - 1]! + (hour + 1) * trends[origin - 1]! + season);
    });
}

/** A missing hour is taken to be as foretold. */
function smooth(values: Float64Array, constants: { level: number; season: number }) {
  const first = values.slice(0, WEEK).filter((value) => !Number.isNaN(value));
  let level = first.reduce((sum, value) => sum + value, 0) / (first.length || 1);
  let trend = 0;
  const [levels, trends, seasons] = [0, 1, 2].map(() => new Float64Array(values.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let error = 0;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const season = index < WEEK ? (Number.isNaN(values[index]!) ? 0 : values[index]! - level) : seasons[index - WEEK]!;
    const expected = level + trend + season;
    const value = Number.isNaN(values[index]!) ? expected : values[index]!;
    if (index >= WEEK) {
      error += Math.abs(value - expected);
      count++;
      const before = level;
      level = constants.level * (value - season) + (1 - constants.level) * (level + trend);
      trend = TREND * (level - before) + (1 - TREND) * trend;
    }
    levels[index] = level;
    trends[index] = trend;
    seasons[index] = index < WEEK ? season : constants.season * (value - level) + (1 - constants.season) * season;
  }
  return { levels, trends, seasons, meanError: error / (count || 1) };
}
