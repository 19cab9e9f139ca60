/** Numbers hour by hour, without a gap between the hours; a missing one is NaN, never 0. */
export interface HourlySeries {
  /** Unix ms at which the first hour begins. */
  readonly from: number;
  /** Of each hour, at least 0: vehicles, frames, bytes. */
  readonly values: ArrayLike<number>;
}

/** ms of an hour. */
export const HOUR_MS = 3_600_000;
/** Hours of a day. */
export const HOURS_OF_DAY = 24;
/** Hours of a week. */
export const HOURS_OF_WEEK = 168;

/** Where an hour stands in the week of this machine's time zone: 0 is Monday at midnight, 167 Sunday at eleven. */
export function hourOfWeek(at: number): number {
  const date = new Date(at);
  return ((date.getDay() + 6) % 7) * HOURS_OF_DAY + date.getHours();
}
