import { type ForecastHour, forecastLastHour } from './forecast.js';
import { HOUR_MS, HOURS_OF_DAY, HOURS_OF_WEEK } from './hourly-series.js';
import { type JudgedHour, judgeHour, type PlaceState, USUAL } from './unusual-traffic.js';

/** What is older says little more: the profile of the week forgets a fifth each week. */
export const WATCHED_WEEKS = 12;
/** With fewer hours that were seen, nothing is called unusual. */
const FEWEST_HOURS = 3 * HOURS_OF_WEEK;
/** What lasts as long is the usual from then on: the road was rebuilt. */
const ADOPTED_HOURS = 2 * HOURS_OF_WEEK;
const MOST_HOURS = WATCHED_WEEKS * HOURS_OF_WEEK;

/** Which numbers a place is watched by. */
export interface PlaceWatchOptions {
  /** Where an hour stands in the week, as of `forecast`; default by the time zone of this machine. */
  readonly hourOfWeek?: (at: number) => number;
}

/**
 * One line's direction, or one zone, hour by hour: knows the last weeks, foretells each hour from what was before anything odd began,
 * so that a closure is never learned while it is looked at, and judges it once it is over.
 */
export class PlaceWatch {
  readonly #options: PlaceWatchOptions;
  /** Counts of hours one after the other; NaN where one was not seen. */
  #values: number[] = [];
  /** Unix ms of the first of them. */
  #from: number | null = null;
  #state = USUAL;
  #last: JudgedHour | null = null;

  constructor(options: PlaceWatchOptions = {}) {
    this.#options = options;
  }

  get state(): PlaceState {
    return this.#state;
  }

  /** The last hour that was judged; null where none was. */
  get last(): JudgedHour | null {
    return this.#last;
  }

  /** Why nothing is called unusual here; null where it would be. */
  get obstacle(): string | null {
    const seen = this.#seenHours();
    if (seen < FEWEST_HOURS) return `${days(seen)} of counts, at least ${days(FEWEST_HOURS)} are needed`;
    return this.#last !== null && this.#last.low === null ? 'too few hours of the day to know their bounds' : null;
  }

  /**
   * Takes an hour up without judging it: one of the past.
   *
   * @param at Unix ms at which it began; hours that are left out were not seen, one that was before is ignored
   * @param counted vehicles; null where it was not seen
   */
  learn(at: number, counted: number | null): void {
    this.#from ??= at;
    const index = Math.round((at - this.#from) / HOUR_MS);
    if (index < this.#values.length) return;
    if (index - this.#values.length > MOST_HOURS) this.#values = [];
    if (this.#values.length === 0) this.#from = at;
    while (this.#from + this.#values.length * HOUR_MS < at) this.#values.push(Number.NaN);
    this.#values.push(counted ?? Number.NaN);
    const surplus = this.#values.length - MOST_HOURS;
    if (surplus <= 0) return;
    this.#values.splice(0, surplus);
    this.#from += surplus * HOUR_MS;
  }

  /** Judges an hour that is over, and learns it. @returns what is known of the place now */
  see(at: number, counted: number | null): PlaceState {
    const foretold = this.#foretell(at);
    this.#last = { ...foretold, counted };
    this.#state = judgeHour(this.#state, this.#last);
    const { since } = this.#state;
    if (since !== null && at - since >= ADOPTED_HOURS * HOUR_MS) this.#state = USUAL;
    this.learn(at, counted);
    return this.#state;
  }

  /** What is expected of an hour, from what was known when the oddness began, at most a day ahead of it. */
  #foretell(at: number): ForecastHour {
    const unknown = { at, expected: Number.NaN, low: null, high: null };
    const from = this.#from;
    if (from === null || this.#seenHours() < FEWEST_HOURS) return unknown;
    const { since } = this.#state;
    const origin = since === null ? at : Math.max(since, at - (HOURS_OF_DAY - 1) * HOUR_MS);
    const known = Math.round((origin - from) / HOUR_MS);
    const hours = Math.round((at - origin) / HOUR_MS) + 1;
    const values = Float64Array.from({ length: known }, (_, index) =>
      since !== null && from + index * HOUR_MS >= since ? Number.NaN : (this.#values[index] ?? Number.NaN),
    );
    return forecastLastHour({ from, values }, { ...this.#options, hours }) ?? unknown;
  }

  #seenHours(): number {
    return this.#values.filter((value) => !Number.isNaN(value)).length;
  }
}

const days = (hours: number): string => `${Math.floor(hours / HOURS_OF_DAY)} days`;
