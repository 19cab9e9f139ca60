import {
  addToTally,
  type ClassTally,
  type TrafficCounts,
  type TrafficInterval,
  tallySum,
} from '../../store/traffic-counts.js';
import { hoursOf, type LocalDay } from './local-day.js';

/** What a camera counted at its busiest place, hour by hour. */
export interface DayTraffic {
  /** Line or zone: what `vehicles` and `hours` are of, so that nobody who crosses two lines is counted twice. */
  readonly place: string;
  /** null where the camera was never seen on that day. */
  readonly vehicles: number | null;
  /** Share of the day in which the camera was seen, 0..1. */
  readonly coverage: number;
  readonly classes: ClassTally;
  readonly hours: readonly CountedHour[];
  /** Every line in each direction, and every zone. */
  readonly places: readonly { readonly place: string; readonly direction: string; readonly vehicles: number }[];
}

/** One hour at a place. */
export interface CountedHour {
  /** Unix ms at which it begins. */
  readonly at: number;
  /** As they were counted; null where the camera was not seen. */
  readonly vehicles: number | null;
  readonly coverage: number;
}

const HOUR_MS = 3_600_000;
const SHARE_STEPS = 1e4;

/**
 * What a camera counted on a day.
 *
 * @param place the line or zone to look at; default the one where most were counted
 * @returns null where there is no interval of that day
 */
export function trafficOfDay(
  intervals: readonly TrafficInterval[],
  camera: string,
  day: LocalDay,
  place?: string,
): DayTraffic | null {
  const own = intervals.filter((one) => one.camera === camera && one.from >= day.from && one.from < day.to);
  if (own.length === 0) return null;
  const places = placesOf(own);
  const chosen = place ?? busiest(places);
  const hours = hoursOf(day).map((at) => hourAt(at, own, chosen));
  const coveredMs = own.reduce((sum, one) => sum + one.coveredMs, 0);
  const classes: ClassTally = Object.create(null) as ClassTally;
  for (const { counts } of own) {
    for (const tally of talliesOf(counts, chosen)) {
      for (const [vehicleClass, count] of Object.entries(tally)) addToTally(classes, vehicleClass, count);
    }
  }
  const coverage = share(coveredMs, day.to - day.from);
  const vehicles = tallySum(classes);
  return {
    place: chosen,
    vehicles: coverage === 0 && vehicles === 0 ? null : vehicles,
    coverage,
    classes,
    hours,
    places,
  };
}

/** Vehicles of the hours of two days that both saw for the most part, as sums; null where these are less than half of them. */
export function likeHours(
  now: readonly CountedHour[],
  earlier: readonly CountedHour[],
): { readonly now: number; readonly usual: number } | null {
  // hours are compared in order: on a day with 23 or 25 of them the last ones have nothing to be compared with
  const pairs = now.slice(0, earlier.length).flatMap((hour, index) => {
    const other = earlier[index]!;
    return isSeen(hour) && isSeen(other) ? [[hour.vehicles!, other.vehicles!] as const] : [];
  });
  if (pairs.length < now.length / 2) return null;
  return { now: pairs.reduce((sum, [a]) => sum + a, 0), usual: pairs.reduce((sum, [, b]) => sum + b, 0) };
}

/** What was seen for less than this share of an hour says nothing of it. */
const LEAST_COVERAGE = 0.8;

export const isSeen = ({ vehicles, coverage }: CountedHour): boolean => vehicles !== null && coverage >= LEAST_COVERAGE;

function hourAt(at: number, intervals: readonly TrafficInterval[], place: string): CountedHour {
  const within = intervals.filter(({ from }) => from >= at && from < at + HOUR_MS);
  const coverage = share(
    within.reduce((sum, { coveredMs }) => sum + coveredMs, 0),
    HOUR_MS,
  );
  const vehicles = within.reduce(
    (sum, { counts }) => sum + talliesOf(counts, place).reduce((more, tally) => more + tallySum(tally), 0),
    0,
  );
  return { at, vehicles: coverage === 0 && vehicles === 0 ? null : vehicles, coverage };
}

/** Of a line both directions, of a zone who came in. */
function talliesOf({ lines, zones }: TrafficCounts, place: string): ClassTally[] {
  const line = Object.hasOwn(lines, place) ? Object.values(lines[place]!) : [];
  return Object.hasOwn(zones, place) ? [...line, zones[place]!.entered] : line;
}

function placesOf(intervals: readonly TrafficInterval[]): DayTraffic['places'] {
  const sums = new Map<string, { place: string; direction: string; vehicles: number }>();
  const add = (place: string, direction: string, tally: ClassTally) => {
    const key = `${place}\n${direction}`;
    const known = sums.get(key) ?? { place, direction, vehicles: 0 };
    sums.set(key, { ...known, vehicles: known.vehicles + tallySum(tally) });
  };
  for (const { counts } of intervals) {
    for (const [line, directions] of Object.entries(counts.lines)) {
      for (const [direction, tally] of Object.entries(directions)) add(line, direction, tally);
    }
    for (const [zone, { entered }] of Object.entries(counts.zones)) add(zone, 'entered', entered);
  }
  return [...sums.values()].sort((a, b) => (a.place + a.direction < b.place + b.direction ? -1 : 1));
}

function busiest(places: DayTraffic['places']): string {
  const sums = new Map<string, number>();
  for (const { place, vehicles } of places) sums.set(place, (sums.get(place) ?? 0) + vehicles);
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? '';
}

const share = (part: number, whole: number): number =>
  Math.min(1, Math.round((part / whole) * SHARE_STEPS) / SHARE_STEPS);
