import { mean, median } from '../../foundation/statistics.js';
import { weekdayOf } from '../day/local-day.js';

/** One figure day by day; null where nothing is known. */
export interface DailyValue {
  readonly date: string;
  readonly value: number | null;
}

const DAYS_OF_WEEK = 7;
/** Of each weekday, before anything is said of weekdays. */
const FEWEST_WEEKS = 3;

/**
 * Without what is usual of each weekday: Sundays are no change of level. What a weekday is, is the median of how it differs from the
 * median of the days around it, so that neither a trend nor a step is taken for a weekday.
 *
 * @returns the days of which something is known, by their index
 */
export function withoutWeekdays(days: readonly DailyValue[]): { readonly index: number; readonly value: number }[] {
  const known = days.flatMap(({ value }, index) => (value === null ? [] : [{ index, value }]));
  const differences = Array.from({ length: DAYS_OF_WEEK }, (): number[] => []);
  for (const { index, value } of known) {
    const around = known
      .filter((other) => Math.abs(other.index - index) <= DAYS_OF_WEEK / 2)
      .map((other) => other.value);
    // at the ends and beside gaps a week is not whole: its median would lean to some weekdays
    if (around.length < DAYS_OF_WEEK) continue;
    differences[weekdayOf(days[index]!.date)]!.push(value - median(around)!);
  }
  if (differences.some((of) => of.length < FEWEST_WEEKS)) return known;
  const usual = differences.map((of) => median(of)!);
  const middle = mean(usual)!;
  return known.map(({ index, value }) => ({ index, value: value - usual[weekdayOf(days[index]!.date)]! + middle }));
}
