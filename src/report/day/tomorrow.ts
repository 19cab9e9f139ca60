import { forecast } from '../../forecast/forecast.js';
import { HOURS_OF_DAY, type HourlySeries } from '../../forecast/hourly-series.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { dateAfter, type LocalDay, localDate, localTime, weekdayOf } from './local-day.js';

type Tomorrow = NonNullable<DailyReportPayload['cameras'][number]['tomorrow']>;

/** What the 24 hours after a day are expected to be; null where too little is known. */
export function tomorrowOf(counted: HourlySeries, { date, timeZone }: LocalDay): Tomorrow | null {
  // where a day ends within an hour of UTC, the forecast begins up to an hour earlier
  const hours = forecast(counted, { hourOfWeek: (at) => hourOfWeekAt(at, timeZone) });
  if (hours === null) return null;
  const rounded = hours.map(({ at, expected, low, high }) => ({
    at,
    expected: Math.round(expected * 10) / 10,
    low,
    high,
  }));
  const byVehicles = [...rounded].sort((a, b) => b.expected - a.expected || a.at - b.at);
  return {
    date: dateAfter(date, 1),
    expected: Math.round(hours.reduce((sum, { expected }) => sum + expected, 0)),
    peak: byVehicles[0]!,
    quietest: byVehicles.at(-1)!,
  };
}

const slots = new Map<string, Map<number, number>>();

/** 0 is Monday at midnight. Remembered: a forecast asks for thousands of hours, and for each of them again every day. */
function hourOfWeekAt(at: number, timeZone: string): number {
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
