import { HOURS_OF_DAY, HOURS_OF_WEEK } from './hourly-series.js';

/** What a week counts for against the one after it. */
const WEEKLY_DECAY = 0.8;
/** The same of days, where there are too few weeks to know a Tuesday from a Sunday. */
const DAILY_DECAY = 0.9;
const WEEKS_TO_KNOW = 3;

/**
 * What each hour is usually like: the exponentially weighted mean of the same hours of the weeks before it, or of the days
 * before it where there are less than three weeks. Nothing is known of an hour that comes after it.
 *
 * @param values as they were; NaN is missing. Hours beyond their end are foretold
 * @param hours of the week, one for each value and each hour to be foretold
 * @returns as many as `hours`, NaN where no such hour was before
 */
export function weeklyProfile(values: Float64Array, hours: Uint8Array): Float64Array {
  const isWeekly = values.length >= WEEKS_TO_KNOW * HOURS_OF_WEEK;
  const period = isWeekly ? HOURS_OF_WEEK : HOURS_OF_DAY;
  const decay = isWeekly ? WEEKLY_DECAY : DAILY_DECAY;
  const sums = new Float64Array(period);
  const weights = new Float64Array(period);
  return Float64Array.from(hours, (hour, index) => {
    const slot = hour % period;
    const usual = weights[slot]! > 0 ? sums[slot]! / weights[slot]! : Number.NaN;
    const value = index < values.length ? values[index]! : Number.NaN;
    if (!Number.isNaN(value)) {
      sums[slot] = sums[slot]! * decay + value;
      weights[slot] = weights[slot]! * decay + 1;
    }
    return usual;
  });
}
