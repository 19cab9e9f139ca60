import { HOUR_MS, HOURS_OF_WEEK } from '../../src/forecast/hourly-series.js';
import { PlaceWatch, WATCHED_WEEKS } from '../../src/forecast/place-watch.js';
import { median } from '../harness/statistics.js';
import type { CountSeries } from './hourly-counts.js';

/** Says after each hour whether far fewer vehicles come than usual. */
interface Watcher {
  learn(at: number, counted: number | null): void;
  /** @returns whether it says so now */
  see(at: number, counted: number | null): boolean;
}

/** What a watcher made of closures, and of weeks in which nothing was closed. */
export interface ClosureFigures {
  readonly closures: number;
  /** Share of them, 0..1. */
  readonly found: number;
  /** From the first closed hour to the end of the one after which it was said, in the median; null where none was found. */
  readonly hours: number | null;
  /** Times at which something began to be said, for each year of weeks as they were. */
  readonly falsePerYear: number;
}

/** Of the vehicles, so many still come. */
const LEFT = 0.1;
/** Hours for which the road is closed. */
const LASTS = 12;
/** The hours of the day at which a closure begins, one after the other. */
const BEGINS = [6, 9, 13, 16];
const FEWEST_WEEKS = 5;
const HOURS_OF_YEAR = 8766;

/** The watch of the program. */
export const watchByForecast = (hourOfWeek: (at: number) => number): Watcher => {
  const watch = new PlaceWatch({ hourOfWeek });
  return {
    learn: (at, counted) => watch.learn(at, counted),
    see: (at, counted) => watch.see(at, counted).said === 'less',
  };
};

/** What is simple: less than half of last week's same hour in two hours one after the other, over after two others. */
export const watchByLastWeek = (): Watcher => {
  const counts = new Map<number, number>();
  let [low, high, says] = [0, 0, false];
  const learn = (at: number, counted: number | null) => {
    if (counted !== null) counts.set(at, counted);
  };
  return {
    learn,
    see(at, counted) {
      const before = counts.get(at - HOURS_OF_WEEK * HOUR_MS);
      learn(at, counted);
      // a few by night say nothing
      if (before === undefined || counted === null || before < 10) return says;
      if (counted < before / 2) [low, high] = [low + 1, 0];
      else [low, high] = [0, high + 1];
      if (low >= 2) says = true;
      if (high >= 2) says = false;
      return says;
    },
  };
};

/**
 * Closes the road at times over a series, each time from what came before it, and counts what is said of its last weeks as they were.
 *
 * @param closures how often
 * @param weeks as they were, the last
 */
export function judgeClosures(
  series: CountSeries,
  make: () => Watcher,
  { closures, weeks }: { readonly closures: number; readonly weeks: number },
): ClosureFigures {
  const hours: number[] = [];
  let tried = 0;
  for (const begin of beginnings(series, closures)) {
    const found = closedFrom(series, make(), begin);
    if (found === undefined) continue;
    tried++;
    if (found !== null) hours.push(found);
  }
  return {
    closures: tried,
    found: tried === 0 ? 0 : hours.length / tried,
    hours: hours.length === 0 ? null : median(hours),
    falsePerYear: falseAlarms(series, make(), weeks),
  };
}

function beginnings({ from, values }: CountSeries, closures: number): number[] {
  const first = FEWEST_WEEKS * HOURS_OF_WEEK;
  const room = values.length - first - 2 * LASTS;
  return Array.from({ length: closures }, (_, index) => {
    const day = Math.floor((from / HOUR_MS + first + (index * room) / closures) / 24) * 24;
    return day + BEGINS[index % BEGINS.length]! - from / HOUR_MS;
  });
}

/** @returns hours until it is said; null where it is not, undefined where the hours are unknown or it was said before */
function closedFrom(series: CountSeries, watcher: Watcher, begin: number): number | null | undefined {
  if (begin < 0 || series.values.slice(begin, begin + LASTS).some(Number.isNaN)) return undefined;
  for (let index = Math.max(0, begin - WATCHED_WEEKS * HOURS_OF_WEEK); index < begin - 24; index++) {
    watcher.learn(...hourOf(series, index));
  }
  let says = false;
  for (let index = begin - 24; index < begin; index++) says = watcher.see(...hourOf(series, index));
  if (says) return undefined;
  for (let index = begin; index < begin + LASTS; index++) {
    const [at, counted] = hourOf(series, index);
    if (watcher.see(at, Math.round(LEFT * counted!))) return index - begin + 1;
  }
  return null;
}

function falseAlarms(series: CountSeries, watcher: Watcher, weeks: number): number {
  const { length } = series.values;
  const begin = Math.max(FEWEST_WEEKS * HOURS_OF_WEEK, length - weeks * HOURS_OF_WEEK);
  let [alarms, saysNow] = [0, false];
  for (let index = Math.max(0, begin - WATCHED_WEEKS * HOURS_OF_WEEK); index < length; index++) {
    if (index < begin) {
      watcher.learn(...hourOf(series, index));
      continue;
    }
    const says = watcher.see(...hourOf(series, index));
    if (says && !saysNow) alarms++;
    saysNow = says;
  }
  return (alarms / (length - begin)) * HOURS_OF_YEAR;
}

function hourOf({ from, values }: CountSeries, index: number): [at: number, counted: number | null] {
  const value = values[index]!;
  return [from + index * HOUR_MS, Number.isNaN(value) ? null : value];
}
