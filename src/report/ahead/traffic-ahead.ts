import { type ForecastHour, forecast } from '../../forecast/forecast.js';
import { HOURS_OF_DAY } from '../../forecast/hourly-series.js';
import { type CountedPlace, trafficHours } from '../../forecast/traffic-hours.js';
import { silentLog } from '../../foundation/log.js';
import { lowPriorityThread } from '../../foundation/low-priority-thread.js';
import { sum } from '../../foundation/statistics.js';
import { hourOfWeekAt } from '../day/hour-of-week.js';
import { KeptHistory } from '../history/kept-history.js';

/** Whose traffic is foretold, and when: can be handed to another thread. */
export interface AheadTask {
  /** `history.db`. */
  readonly file: string;
  readonly timeZone: string;
  /** Unix ms. */
  readonly now: number;
}

/** The 24 hours to come at one place. */
export interface PlaceAhead extends Omit<CountedPlace, 'series'> {
  /** null where there are too few hours of the past. */
  readonly hours: readonly ForecastHour[] | null;
  /** Hours of the past of which something is known. */
  readonly hoursKnown: number;
}

/** Hours that must be known for a forecast. */
export const FORECAST_NEEDS_HOURS: number = 2 * HOURS_OF_DAY;
const DAY_MS = 86_400_000;
/** What is older counts little. */
const LEARNED_WEEKS = 9;
/** The busiest ones: each takes some tenths of a second of a small board. */
const MOST_PLACES = 64;

/**
 * What the next 24 hours, from the one that is not over, will bring at each line, in each direction, and into each zone; the busiest first.
 *
 * @throws EdgeError E_OUTPUT where the history cannot be read
 */
export function trafficAhead({ file, timeZone, now }: AheadTask): PlaceAhead[] {
  const history = new KeptHistory(file, { now, log: silentLog });
  try {
    const intervals = history.trafficOfWeeks({ from: now - LEARNED_WEEKS * 7 * DAY_MS, to: now }, history.cameras());
    return trafficHours(intervals, now)
      .map((place) => ({ place, total: sum(knownOf(place)) }))
      .sort((a, b) => b.total - a.total)
      .slice(0, MOST_PLACES)
      .map(({ place: { series, ...place } }) => ({
        ...place,
        hours: forecast(series, { hourOfWeek: (at) => hourOfWeekAt(at, timeZone) }),
        hoursKnown: knownOf({ series }).length,
      }));
  } finally {
    history.close();
  }
}

/** The same beside this thread, after everything else. @throws Error where it fails, and the reason of the signal */
export function trafficAheadInThread(task: AheadTask, signal: AbortSignal): Promise<PlaceAhead[]> {
  return lowPriorityThread(new URL('./traffic-ahead-thread.js', import.meta.url), task, signal);
}

const knownOf = ({ series }: Pick<CountedPlace, 'series'>): number[] =>
  Array.from(series.values).filter((value) => !Number.isNaN(value));
