/** Hours of a week, from Sunday midnight on, as the clock on the wall shows them: people drive by that, summer time or not. */
export const WEEK_HOURS = 168;
const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;
/** Clocks that show less were never set. */
const EARLIEST = Date.UTC(2020, 0, 1);

/** A moment of the week. */
export interface WeekMoment {
  /** 0..167. */
  hour: number;
  /** How much of that hour is over, 0..1. */
  over: number;
}

/** Writes the moment of the week over `into`; whether the clock can be believed. */
export function weekMoment(unixMs: number, into: WeekMoment): boolean {
  if (!(unixMs >= EARLIEST)) return false;
  const date = new Date(unixMs);
  const day = date.getDay();
  if (Number.isNaN(day)) return false;
  into.hour = day * DAY_HOURS + date.getHours();
  into.over = (date.getMinutes() * 60_000 + date.getSeconds() * 1000) / HOUR_MS;
  return true;
}

/** Whether an hour lies in a Saturday or Sunday. */
export function isWeekend(hour: number): boolean {
  return hour < DAY_HOURS || hour >= 6 * DAY_HOURS;
}
