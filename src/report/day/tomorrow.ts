import { forecast } from '../../forecast/forecast.js';
import type { HourlySeries } from '../../forecast/hourly-series.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { hourOfWeekAt } from './hour-of-week.js';
import { dateAfter, type LocalDay } from './local-day.js';

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
