import { HOURS_OF_DAY } from '../../forecast/hourly-series.js';
import { localDate, localTime, weekdayOf } from './local-day.js';

const slots = new Map<string, Map<number, number>>();

/** 0 is Monday at midnight. Remembered: a forecast asks for thousands of hours, and for each of them again every day. */
export function hourOfWeekAt(at: number, timeZone: string): number {
  let known = slots.get(timeZone);
  if (known === undefined) {
    known = new Map();
    slots.set(timeZone, known);
  }
  let slot = known.get(at);
  if (slot === undefined) {
    slot = weekdayOf(localDate(at, timeZone)) * HOURS_OF_DAY + Number(localTime(at, timeZone).slice(0, 2));
    known.set(at, slot);
  }
  return slot;
}
