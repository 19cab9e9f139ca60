import { type TrafficInterval, tallySum } from '../store/traffic-counts.js';
import { trafficFigures, trafficInSteps } from '../store/traffic-json.js';
import { HOUR_MS, type HourlySeries } from './hourly-series.js';

/** What is counted at one place. */
export interface CountedPlace {
  readonly camera: string;
  /** Of the line or zone. */
  readonly place: string;
  /** Of a line; `entered` of a zone. */
  readonly direction: string;
  /** Vehicles of all classes. */
  readonly series: HourlySeries;
}

/** An hour of which less was seen says nothing. */
const LEAST_COVERAGE = 0.5;

/**
 * The vehicles of each hour at each line, in each direction, and into each zone. Where an hour was seen in part, it is taken
 * for like in the rest; where less than half of it was, it is missing.
 *
 * @param until Unix ms: the hour that is not over then is left out
 */
export function trafficHours(intervals: readonly TrafficInterval[], until: number): CountedPlace[] {
  const end = Math.floor(until / HOUR_MS);
  const places = new Map<string, Omit<CountedPlace, 'series'> & { readonly hours: Map<number, number> }>();
  for (const interval of trafficInSteps(intervals, HOUR_MS)) {
    const { coverage, lines, zones } = trafficFigures(interval);
    const hour = Math.floor(interval.from / HOUR_MS);
    if (coverage < LEAST_COVERAGE || hour >= end || interval.intervalS * 1000 !== HOUR_MS) continue;
    const { camera } = interval;
    const put = (place: string, direction: string, vehicles: number) => {
      const key = [camera, place, direction].join('\n');
      const known = places.get(key) ?? { camera, place, direction, hours: new Map<number, number>() };
      places.set(key, known);
      known.hours.set(hour, vehicles / coverage);
    };
    for (const [line, directions] of Object.entries(lines ?? {})) {
      for (const [direction, tally] of Object.entries(directions)) put(line, direction, tallySum(tally));
    }
    for (const [zone, { entered }] of Object.entries(zones ?? {})) put(zone, 'entered', tallySum(entered));
  }
  return [...places.values()].map(({ hours, ...place }) => {
    const first = Math.min(...hours.keys());
    const values = Float64Array.from({ length: end - first }, (_, index) => hours.get(first + index) ?? Number.NaN);
    return { ...place, series: { from: first * HOUR_MS, values } };
  });
}
