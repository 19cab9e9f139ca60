import type { TrafficInterval } from '../store/traffic-counts.js';
import { HOUR_MS, HOURS_OF_DAY } from './hourly-series.js';
import { PlaceWatch, type PlaceWatchOptions } from './place-watch.js';
import { trafficHours } from './traffic-hours.js';
import type { WatchedPlace } from './unusual-cause.js';

/** The hours before the start of the program are judged as well: what began in them is known after a restart. */
export const JUDGED_AGAIN_MS: number = HOURS_OF_DAY * HOUR_MS;
/** Lines, directions and zones of all cameras of an owner that are watched; 32 KB each. */
const MOST_PLACES = 200;

interface Watched {
  readonly camera: string;
  readonly place: string;
  readonly direction: string;
  readonly watch: PlaceWatch;
}

/** All lines and zones of one owner's cameras, hour by hour. */
export class TrafficWatch {
  readonly #options: PlaceWatchOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #refused = new Set<string>();

  constructor(options: PlaceWatchOptions = {}) {
    this.#options = options;
  }

  /** Lines and zones that there was no room for. */
  get refused(): number {
    return this.#refused.size;
  }

  /** All that is watched. */
  get places(): readonly WatchedPlace[] {
    return [...this.#watched.values()].map(({ watch, ...place }) => ({
      ...place,
      state: watch.state,
      last: watch.last,
    }));
  }

  /** Where nothing would be called unusual yet, and why. */
  get obstacles(): readonly string[] {
    return [...this.#watched.values()].flatMap(({ camera, place, direction, watch: { obstacle } }) =>
      obstacle === null ? [] : [`${camera}, ${place}, ${direction}: ${obstacle}`],
    );
  }

  /** Takes up hours of the past. @param until Unix ms: the hour that is not over then is left out */
  learn(intervals: readonly TrafficInterval[], until: number): void {
    for (const counted of trafficHours(intervals, until)) {
      const watched = this.#of(counted);
      const { from, values } = counted.series;
      for (const [index, value] of Array.from(values).entries()) {
        watched?.watch.learn(from + index * HOUR_MS, Number.isNaN(value) ? null : value);
      }
    }
  }

  /**
   * Judges an hour that is over: a place after the other, a step each, between which others may work.
   *
   * @param at Unix ms at which it began
   * @param intervals of that hour; a place of which they tell nothing was not seen
   */
  *see(at: number, intervals: readonly TrafficInterval[]): Generator<void> {
    const counts = trafficHours(intervals, at + HOUR_MS);
    const seen = new Map(counts.map((counted) => [this.#of(counted), counted.series.values[0] ?? Number.NaN]));
    for (const watched of this.#watched.values()) {
      const value = seen.get(watched) ?? Number.NaN;
      watched.watch.see(at, Number.isNaN(value) ? null : value);
      yield;
    }
  }

  #of({ camera, place, direction }: Omit<Watched, 'watch'>): Watched | undefined {
    const key = [camera, place, direction].join('\n');
    const known = this.#watched.get(key);
    if (known) return known;
    if (this.#watched.size >= MOST_PLACES) {
      this.#refused.add(key);
      return undefined;
    }
    const made = { camera, place, direction, watch: new PlaceWatch(this.#options) };
    this.#watched.set(key, made);
    return made;
  }
}
