import { HOUR_MS } from '../../forecast/hourly-series.js';
import type { SeriesAnswer } from '../../store/series/series-reader.js';
import type { TrafficInterval } from '../../store/traffic-counts.js';
import { type Interruption, programAvailability } from '../day/availability.js';
import { FIGURE_METRICS } from '../day/figures.js';
import type { Histories } from '../day/gather-day.js';
import { dateAfter, type LocalDay, localDay, weekdayOf } from '../day/local-day.js';
import { trafficOfDay } from '../day/traffic-of-day.js';
import type { HistorySpan, KeptHistory } from '../history/kept-history.js';
import type { MeasuredSeries } from '../history/measured.js';
import { happeningsOf } from './happenings.js';
import type { WeekFacts } from './week-report.js';

/** What a weekly report is to be made of. */
export interface WeekQuestion {
  /** Any day of the week. */
  readonly date: string;
  readonly timeZone: string;
  readonly cameras: readonly string[];
  readonly tenant: string | null;
  /** Unix ms. */
  readonly madeAt: number;
}

const NOTHING: MeasuredSeries = new Map();
const WEEKS = 12;
const DAYS_OF_WEEK = 7;

/** Reads everything that a weekly report is made of. */
export function gatherWeek({ own, device }: Histories, question: WeekQuestion): WeekFacts {
  const { date, timeZone, cameras, tenant, madeAt } = question;
  const monday = dateAfter(date, -weekdayOf(date));
  const days = Array.from({ length: WEEKS * DAYS_OF_WEEK }, (_, index) =>
    localDay(dateAfter(monday, index - (WEEKS - 1) * DAYS_OF_WEEK), timeZone),
  );
  const span = { from: days[0]!.from, to: days.at(-1)!.to };
  const measured = own.series(FIGURE_METRICS, span, HOUR_MS);
  const traffic = own.trafficOfWeeks(span, cameras);
  const places = placesOver(traffic, cameras, { date, timeZone, ...span });
  const events = {
    trials: tenant === null ? device.trials(span) : [],
    alerts: device.alerts(span, tenant),
    commands: tenant === null ? device.commands(span) : [],
    known: tenant === null ? device.known() : [],
    // the hours of a week that are still to come are no outage
    outages: outagesOf(device, { ...span, to: Math.min(span.to, Math.floor(madeAt / HOUR_MS) * HOUR_MS) }),
  };
  const keptSince = own.known().reduce((first, { firstAt }) => Math.min(first, firstAt), Number.POSITIVE_INFINITY);
  // what is known of a day that goes on, or of that on which the history begins, is no value of a day
  const isWhole = (day: LocalDay): boolean => day.to <= madeAt && day.from >= keptSince;
  const firstSeen = own.firstSeen(cameras);
  const [hourly, counted] = [seriesByDay(measured, days), trafficByDay(traffic, days)];
  return {
    days: days.map((day, index) => ({
      day,
      hourly: isWhole(day) ? hourly[index]! : NOTHING,
      traffic: isWhole(day) ? counted[index]! : [],
      places,
      cameras,
      firstSeen,
      tenant,
    })),
    cameras,
    tenant,
    timeZone,
    madeAt,
    happenings: happeningsOf(events),
  };
}

function outagesOf(device: KeptHistory, span: HistorySpan): readonly Interruption[] {
  const running = device.series(['uptime', 'machine_uptime'], span, HOUR_MS);
  const [uptime, machine] = ['uptime', 'machine_uptime'].map((metric) => ({
    stepMs: HOUR_MS,
    points: running.get(metric)?.[0]?.points ?? [],
  }));
  const first = uptime!.points[0]?.t;
  // what was before the first reading is no outage
  if (first === undefined) return [];
  return programAvailability(uptime!, machine!, { ...span, from: Math.max(span.from, first) }, null).outages;
}

function placesOver(
  traffic: readonly TrafficInterval[],
  cameras: readonly string[],
  span: LocalDay,
): Map<string, string> {
  const found = cameras.map((camera) => [camera, trafficOfDay(traffic, camera, span)?.place ?? ''] as const);
  return new Map(found.filter(([, place]) => place !== ''));
}

/** Each day gets its own points, so that no day looks through those of twelve weeks. */
function seriesByDay(measured: MeasuredSeries, days: readonly LocalDay[]): MeasuredSeries[] {
  return days.map(
    (day) =>
      new Map(
        [...measured].map(([metric, answers]) => [
          metric,
          answers.flatMap((answer): SeriesAnswer[] => {
            const middle = answer.stepMs / 2;
            const points = answer.points.filter(({ t }) => t + middle >= day.from && t + middle < day.to);
            return points.length === 0 ? [] : [{ ...answer, points }];
          }),
        ]),
      ),
  );
}

function trafficByDay(traffic: readonly TrafficInterval[], days: readonly LocalDay[]): TrafficInterval[][] {
  const byDay = days.map((): TrafficInterval[] => []);
  let at = 0;
  for (const interval of traffic) {
    while (at < days.length - 1 && interval.from >= days[at]!.to) at++;
    if (interval.from >= days[at]!.from && interval.from < days[at]!.to) byDay[at]!.push(interval);
  }
  return byDay;
}
