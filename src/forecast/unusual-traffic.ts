import type { ForecastHour } from './forecast.js';

/** Far less or far more than usual. */
export type TrafficDeviation = 'less' | 'more';

/** An hour that is over, against what was foretold of it. */
export interface JudgedHour extends ForecastHour {
  /** Vehicles; null where the hour was not seen. */
  readonly counted: number | null;
}

/** What is known of one line's direction, or of one zone, after each hour. */
export interface PlaceState {
  /** How much speaks for less and for more than usual: half widths of the bounds beyond them, summed over hours. */
  readonly less: number;
  readonly more: number;
  /** Unix ms at which the first hour of those that speak for it began; null where nothing does. */
  readonly since: number | null;
  /** What is said; null: nothing unusual. */
  readonly said: TrafficDeviation | null;
  /** Hours in succession that were as usual again, while something is said. */
  readonly usualHours: number;
  /** Hours in succession that were not seen. */
  readonly unseenHours: number;
}

/** Nothing speaks for anything. */
export const USUAL: PlaceState = { less: 0, more: 0, since: null, said: null, usualHours: 0, unseenHours: 0 };

/** Less than this share of what was expected is far less, and so is more than that share far more. */
const FAR_LESS = 0.6;
const FAR_MORE = 1.7;
/** Half widths of the bounds that an hour needs to speak for anything, and that one hour says at most. */
const ALLOWANCE = 1;
const MOST_OF_AN_HOUR = 3;
/** What is summed up to this is said: two hours far outside, four of twice the half width. */
const SAID_AT = 3.5;
/** It is over after so many hours as usual: traffic that jams and flows by turns is one thing. */
const USUAL_HOURS = 2;
/** After so long a gap nothing is known of now, hours. */
const FORGOTTEN = 12;
/** Bounds are no narrower than chance is: 1.645 times the spread of the square root of a count. */
const LEAST_HALF_WIDTH = 0.82;
/** From this share of what was expected on an hour is as usual, whatever its bounds. */
const NEAR = 0.8;

/**
 * What an hour adds to what is known of a place: a cumulative sum of how far beyond its bounds the count is (Page 1954), so that one
 * odd hour says nothing and two very odd ones do. By night, when none is within the bounds too, an empty hour says neither that
 * a lane is closed nor that it is open again.
 */
export function judgeHour(state: PlaceState, hour: JudgedHour): PlaceState {
  const score = scoreOf(hour);
  if (score === null) {
    const unseenHours = state.unseenHours + 1;
    return unseenHours >= FORGOTTEN ? USUAL : { ...state, unseenHours };
  }
  const known = { ...state, unseenHours: 0 };
  return known.said === null ? grown(known, hour, score) : held(known, hour);
}

/** Whether the hour, by itself, is less or more than its bounds; null where it is within, or says nothing. */
export function leaningOf({ counted, low, high }: JudgedHour): TrafficDeviation | null {
  if (counted === null || low === null || high === null) return null;
  if (counted < low) return 'less';
  return counted > high ? 'more' : null;
}

/** Half widths of the bounds between what was expected and what was counted, as square roots; null where one is unknown. */
function scoreOf({ counted, expected, low, high }: JudgedHour): number | null {
  if (counted === null || low === null || high === null) return null;
  const middle = root(expected);
  const halfWidth = counted < expected ? middle - root(low) : root(high) - middle;
  return (root(counted) - middle) / Math.max(LEAST_HALF_WIDTH, halfWidth);
}

function grown(state: PlaceState, hour: JudgedHour, score: number): PlaceState {
  const counted = hour.counted!;
  const less = summed(state.less, counted < FAR_LESS * hour.expected ? -score : 0);
  const more = summed(state.more, counted > FAR_MORE * hour.expected ? score : 0);
  const since = less > 0 || more > 0 ? (state.since ?? hour.at) : null;
  return { ...state, less, more, since, said: less >= SAID_AT ? 'less' : more >= SAID_AT ? 'more' : null };
}

function held(state: PlaceState, hour: JudgedHour): PlaceState {
  if (saysNothing(state.said!, hour)) return state;
  const usualHours = isUsual(state.said!, hour) ? state.usualHours + 1 : 0;
  return usualHours >= USUAL_HOURS ? USUAL : { ...state, usualHours };
}

function saysNothing(said: TrafficDeviation, { counted, expected, low }: JudgedHour): boolean {
  return said === 'less' && low! <= 0 && counted! < NEAR * expected;
}

function isUsual(said: TrafficDeviation, { counted, expected, low, high }: JudgedHour): boolean {
  return said === 'less' ? counted! >= Math.min(low!, NEAR * expected) : counted! <= Math.max(high!, expected / NEAR);
}

function summed(sum: number, beyond: number): number {
  return Math.max(0, sum + Math.min(MOST_OF_AN_HOUR, beyond) - ALLOWANCE);
}

const root = (count: number): number => Math.sqrt(count + 3 / 8);
