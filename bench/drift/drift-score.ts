import { HOUR_MS } from '../../src/forecast/hourly-series.js';
import type { DriftRule } from '../../src/telemetry/alerts/drift/slow-drift.js';
import type { LoadedHour } from '../../src/telemetry/alerts/drift/usual-at-load.js';
import type { DriftMethod } from './drift-finders.js';

const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** What a look may need: the weeks and days that are compared, and those for which a drift is remembered. */
const KEPT_MS = 7 * WEEK_MS;
/** From so much on there is enough to look at. */
const COMPARED_MS = 31 * DAY_MS;
/** A loss grows over a day and must be found this soon after it began. */
const GROWS_MS = DAY_MS;
const WITHIN_MS = 3 * DAY_MS;

/** Alarms of a method in hours as they were. */
export interface QuietFigures {
  /** Unix ms at which each began to be said. */
  readonly alarms: readonly number[];
  /** In which it looked: hours before which nothing is known are none of them. */
  readonly weeks: number;
}

/** What is said holds for half a day at least, so that nothing is missed. */
const LOOKS_EVERY_MS = 6 * HOUR_MS;

/** Looks every six hours, as soon as there is enough to compare. */
export function quietAlarms(hours: readonly LoadedHour[], method: DriftMethod, rule: DriftRule): QuietFigures {
  const finder = method.make(rule);
  const window = new Window(hours);
  const alarms: number[] = [];
  let [was, looks] = [false, 0];
  for (const { t } of hours) {
    const now = t + HOUR_MS;
    if (now < hours[0]!.t + COMPARED_MS || now % LOOKS_EVERY_MS !== 0) continue;
    looks++;
    const is = finder.look(window.before(now), now);
    if (is && !was) alarms.push(now);
    was = is;
  }
  return { alarms, weeks: (looks * LOOKS_EVERY_MS) / WEEK_MS };
}

/** What became of losses that were put into the hours one at a time. */
export interface LossFigures {
  readonly losses: number;
  /** Days from the beginning to the hour at which it was said, of each that was found in time. */
  readonly days: readonly number[];
}

/**
 * Losses that begin at all hours of the week. One before which something is said already is left out, since it cannot be told apart, and so
 * is one where half of the hours that are compared are not known.
 *
 * @param loss share by which values change, below 0 where they fall
 * @param most losses, evenly over the hours
 */
export function findLosses(
  hours: readonly LoadedHour[],
  method: DriftMethod,
  { rule, loss, most }: { readonly rule: DriftRule; readonly loss: number; readonly most: number },
): LossFigures {
  const [first, last] = bounds(hours);
  const room = last - WITHIN_MS - first;
  // not a whole number of days, so that losses begin at all hours of the week
  const step = Math.max(WEEK_MS - 17 * HOUR_MS, Math.floor(room / most / HOUR_MS) * HOUR_MS);
  const days: number[] = [];
  let losses = 0;
  for (let at = first; at + WITHIN_MS <= last; at += step) {
    const isKnown = [at - COMPARED_MS, at].every((from, i) => {
      const to = [at, at + WITHIN_MS][i]!;
      return hours.filter(({ t }) => t >= from && t < to).length >= (to - from) / HOUR_MS / 2;
    });
    if (!isKnown) continue;
    const worse = hours
      .filter(({ t }) => t >= at - KEPT_MS && t < at + WITHIN_MS)
      .map((hour) => ({ ...hour, value: hour.value * (1 + loss * grown(hour.t + HOUR_MS - at)) }));
    const window = new Window(worse);
    const finder = method.make(rule);
    if (finder.look(window.before(at), at)) continue;
    losses++;
    for (let now = at + HOUR_MS; now <= at + WITHIN_MS; now += HOUR_MS) {
      if (!finder.look(window.before(now), now)) continue;
      days.push((now - at) / DAY_MS);
      break;
    }
  }
  return { losses, days };
}

/** Share of a loss that is there so long after it began, Unix ms. */
const grown = (since: number): number => Math.min(1, Math.max(0, since / GROWS_MS));

const bounds = (hours: readonly LoadedHour[]): [first: number, last: number] => [
  hours[0]!.t + KEPT_MS,
  hours.at(-1)!.t + HOUR_MS,
];

/** The last seven weeks of some hours, whose end only moves on. */
class Window {
  readonly #hours: readonly LoadedHour[];
  #from = 0;
  #to = 0;

  /** @param hours in their order */
  constructor(hours: readonly LoadedHour[]) {
    this.#hours = hours;
  }

  before(now: number): readonly LoadedHour[] {
    while (this.#to < this.#hours.length && this.#hours[this.#to]!.t < now) this.#to++;
    while (this.#from < this.#to && this.#hours[this.#from]!.t < now - KEPT_MS) this.#from++;
    return this.#hours.slice(this.#from, this.#to);
  }
}
