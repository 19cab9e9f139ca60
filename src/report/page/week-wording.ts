import type { WeeklyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { dateAfter, localDate } from '../day/local-day.js';
import type { ReportWording } from '../languages/report-wording.js';

type Trend = WeeklyReportPayload['trends'][number];
type Change = Trend['changes'][number];

/** `Weekly report 2026-W48, 23 Nov – 29 Nov`. */
export function weekTitle({ week, from, timeZone }: WeeklyReportPayload, wording: ReportWording): string {
  const monday = localDate(from, timeZone);
  const sunday = dateAfter(monday, 6);
  return `${wording.say('weeklyTitle')} ${week}, ${wording.shortDate(monday)} – ${wording.shortDate(sunday)}`;
}

/** `Vehicles, north`. */
export function trendTitle({ figure, camera }: Trend, wording: ReportWording): string {
  const name = wording.language.figures[figure];
  return camera === null ? name : `${name}, ${camera}`;
}

/** How it goes up or down, or that it does not. */
export function slopeText({ figure, slope }: Trend, wording: ReportWording): string {
  if (slope === null) return wording.say('noTrend');
  const { perWeek, low, high, p, since } = slope;
  const signed = (value: number) => `${value > 0 ? '+' : ''}${wording.figure(figure, value, 1)}`;
  return wording.say('perWeek', {
    slope: signed(perWeek),
    low: signed(low),
    high: signed(high),
    p: p < 0.001 ? `< ${wording.number(0.001, 3)}` : `= ${wording.number(p, 3)}`,
    date: wording.shortDate(since),
  });
}

/** That a new level began, and which. */
export function changeText({ figure }: Trend, { date, before, after }: Change, wording: ReportWording): string {
  return wording.say('newLevel', {
    date: wording.shortDate(date),
    before: wording.figure(figure, before),
    after: wording.figure(figure, after),
  });
}

/** One thing that happened. */
export function happenedText({ at, kind, text }: Change['happened'][number], wording: ReportWording): string {
  const { happenings, causes } = wording.language;
  const told = kind === 'outage' ? (causes[text as keyof typeof causes] ?? text) : text;
  return `${wording.moment(at)} · ${happenings[kind]}: ${told}`;
}
