import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOUR_MS, type HourlySeries } from '../../forecast/hourly-series.js';
import type { TrafficInterval } from '../../store/traffic-counts.js';
import type { ReportedChain } from '../../telemetry/mqtt/messages/daily-report.js';
import type { KeptHistory } from '../history/kept-history.js';
import { lowestOf, pointsIn } from '../history/measured.js';
import type { DayFacts, PromisedChange, ReportedHealth, ReportTerms } from './day-facts.js';
import { FIGURE_METRICS, type KeptDay } from './figures.js';
import { dateAfter, type LocalDay, localDay } from './local-day.js';
import { trafficOfDay } from './traffic-of-day.js';

/** What a report is to be made of. */
export interface DayQuestion {
  /** As far as it is over. */
  readonly day: LocalDay;
  /** Those that are configured: one that was never seen is in the report too. */
  readonly cameras: readonly string[];
  readonly tenant: string | null;
  readonly terms: ReportTerms;
  readonly prospects: readonly PromisedChange[];
  readonly health: readonly ReportedHealth[];
  /** Absent: no evidence is kept. */
  readonly evidenceChain?: ReportedChain | null;
  /** Unix ms. */
  readonly madeAt: number;
}

/** The histories that it is read from: of the device and of a tenant, the same for the device itself. */
export interface Histories {
  readonly own: KeptHistory;
  readonly device: KeptHistory;
}

const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
/** The weeks before that a day is held against, and the days that tell how fast the disk fills. */
const WEEKS = 4;
const DISK_DAYS = 21;
/** What the forecast learns from: what is older counts little. */
const FORECAST_WEEKS = 9;
const ALERTS_BACK_MS = 30 * DAY_MS;
const TRIALS_BACK_MS = 7 * DAY_MS;
/** What happened right after the day tells why it ended in an outage. */
const AFTER_MS = 3 * HOUR_MS;
/** An hour of which less was seen is missing for the forecast; the rest of it was like what was seen. */
const LEAST_COVERAGE = 0.5;

const MORE_METRICS = [
  'estimated_f1_low',
  'latency_p50',
  'frames_dropped',
  'source_reconnects',
  'events',
  'events_left_out',
  'machine_cpu',
  'machine_memory',
  'machine_throttled',
  'machine_disk_free',
  'machine_clock_synchronised',
  'worker_restarts',
  'history_degraded',
  'history_dropped_writes',
  'history_set_aside',
  'outbox_degraded',
  'cache_degraded',
  'cache_dropped_writes',
  'cache_set_aside',
  'evidence_records',
  'infractions',
];

/** Reads everything that a daily report is made of. */
export function gatherDay({ own, device }: Histories, question: DayQuestion): DayFacts {
  const { day, cameras, tenant, madeAt } = question;
  const traffic = own.traffic(day, cameras);
  const whole = localDay(day.date, day.timeZone);
  const counted = countedHours(own, cameras, whole.to);
  const places = placesOf(traffic, counted.intervals, cameras, day);
  const firstSeen = own.firstSeen(cameras);
  const kept = (one: LocalDay, metrics: readonly string[], intervals: readonly TrafficInterval[]): KeptDay => ({
    day: one,
    hourly: own.series(metrics, one, HOUR_MS),
    traffic: intervals,
    places,
    cameras,
    firstSeen,
    tenant,
  });
  const past = Array.from({ length: WEEKS }, (_, week) => likePart(day, dateAfter(day.date, -7 * (week + 1))));
  const commands = device.commands({ from: 0, to: day.to });
  return {
    ...kept(day, [...FIGURE_METRICS, ...MORE_METRICS], traffic),
    madeAt,
    terms: question.terms,
    captured: own.series(['fps_captured'], day, MINUTE_MS),
    running: device.series(
      ['uptime', 'machine_uptime'],
      { from: day.from, to: Math.min(day.to + AFTER_MS, Math.max(madeAt, day.from + 1)) },
      MINUTE_MS,
    ),
    ranBetween: device.keptBetween('uptime'),
    past: past.map((one) => kept(one, FIGURE_METRICS, own.trafficOfWeeks(one, cameras))),
    counted: new Map([...places].map(([camera, place]) => [camera, hoursAt(counted, camera, place, whole.to)])),
    alerts: device.alerts({ from: day.from - ALERTS_BACK_MS, to: day.to }, tenant),
    trials: tenant === null ? device.trials({ from: day.to - TRIALS_BACK_MS, to: day.to }) : [],
    commands: tenant === null ? commands : [],
    databases: databasesBeside(own.file),
    evidenceChain: question.evidenceChain ?? null,
    diskFree: tenant === null ? freeDayByDay(device, day) : [],
    prospects: tenant === null ? question.prospects : [],
    health: tenant === null ? question.health : [],
  };
}

interface CountedIntervals {
  readonly from: number;
  readonly intervals: readonly TrafficInterval[];
}

/** @param to Unix ms at which the day ends, also where it goes on: the forecast begins there */
function countedHours(history: KeptHistory, cameras: readonly string[], to: number): CountedIntervals {
  const from = to - FORECAST_WEEKS * 7 * DAY_MS;
  return { from, intervals: history.trafficOfWeeks({ from, to }, cameras) };
}

/** Another day, as many whole hours of it as of one that goes on. */
function likePart(day: LocalDay, date: string): LocalDay {
  const other = localDay(date, day.timeZone);
  if (day.to === localDay(day.date, day.timeZone).to) return other;
  const hours = Math.floor((day.to - day.from) / HOUR_MS);
  return { ...other, to: Math.min(other.to, other.from + hours * HOUR_MS) };
}

/** The busiest line or zone of each camera over the weeks, so that every day is looked at in the same place. */
function placesOf(
  traffic: readonly TrafficInterval[],
  weeks: readonly TrafficInterval[],
  cameras: readonly string[],
  day: LocalDay,
): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const camera of cameras) {
    const today = trafficOfDay(traffic, camera, day);
    const whole = { ...day, from: Math.min(day.from, weeks[0]?.from ?? day.from) };
    const known = today ?? trafficOfDay(weeks, camera, whole);
    if (known !== null && known.place !== '') places.set(camera, known.place);
  }
  return places;
}

function hoursAt({ from, intervals }: CountedIntervals, camera: string, place: string, to: number): HourlySeries {
  const first = Math.floor(from / HOUR_MS);
  const hours = Array.from({ length: Math.floor(to / HOUR_MS) - first }, () => ({ vehicles: 0, coveredMs: 0 }));
  for (const interval of intervals) {
    const hour = interval.camera === camera ? hours[Math.floor(interval.from / HOUR_MS) - first] : undefined;
    if (hour === undefined) continue;
    hour.coveredMs += interval.coveredMs;
    const { lines, zones } = interval.counts;
    const tallies = [
      ...Object.values(lines[place] ?? {}),
      ...(zones[place] === undefined ? [] : [zones[place].entered]),
    ];
    for (const tally of tallies) for (const count of Object.values(tally)) hour.vehicles += count;
  }
  const seen = hours.findIndex(({ coveredMs }) => coveredMs > 0);
  const values = hours.slice(Math.max(0, seen)).map(({ vehicles, coveredMs }) => {
    const coverage = Math.min(1, coveredMs / HOUR_MS);
    return coverage < LEAST_COVERAGE ? Number.NaN : vehicles / coverage;
  });
  return { from: (first + Math.max(0, seen)) * HOUR_MS, values: Float64Array.from(values) };
}

function freeDayByDay(device: KeptHistory, day: LocalDay): (number | null)[] {
  const days = Array.from({ length: DISK_DAYS }, (_, index) =>
    localDay(dateAfter(day.date, index + 1 - DISK_DAYS), day.timeZone),
  );
  const measured = device.series(['machine_disk_free'], { from: days[0]!.from, to: day.to }, HOUR_MS);
  return days.map((one) => lowestOf(pointsIn(measured, 'machine_disk_free', { place: 'store' }, one)));
}

function databasesBeside(history: string): DayFacts['databases'] {
  return ['history.db', 'outbox.db', 'cache.db'].map((name) => {
    const file = join(dirname(history), name);
    return { name, bytes: existsSync(file) ? statSync(file).size : null };
  });
}
