import type { StoreFile, TablesLink } from './store-file.js';
import type { TrafficInterval, TrafficTotal } from './traffic-counts.js';
import {
  CLOSED,
  countTraffic,
  intervalOf,
  mergeHour,
  OPEN,
  putInterval,
  readTraffic,
  readTrafficTotals,
  type StoredInterval,
  type StoredTotal,
  TOLD,
  type TrafficQuery,
  type TrafficState,
  type TrafficStatements,
  trafficStatements,
} from './traffic-table.js';

/** Whoever counts: what is not over is asked for it, and what earlier runs kept is handed to it. */
export interface CountedCamera {
  readonly camera: string;
  /** Grows with everything that is counted. */
  readonly version: number;
  /** What totals are kept of from the start on, whether anything was counted or not. */
  readonly watched: readonly Pick<TrafficTotal, 'kind' | 'name'>[];
  current(): TrafficInterval;
  /** @returns whether it is still that interval */
  goOnWith(interval: TrafficInterval): boolean;
  readonly totals: {
    remember(earlier: Iterable<StoredTotal>): void;
    /** Unix ms since when it is counted. */
    since(kind: TrafficTotal['kind'], name: string): number;
    fresh(): readonly TrafficTotal[];
    taken(totals: Iterable<TrafficTotal>): void;
  };
}

interface Waiting {
  interval: TrafficInterval;
  state: typeof CLOSED | typeof TOLD;
}

interface Watched {
  readonly counter: CountedCamera;
  isRestored: boolean;
  storedVersion: number;
  storedAt: number;
}

const DAY_MS = 86_400_000;
/** Older intervals are kept as hours. */
const FINE_MS = 90 * DAY_MS;
const KEPT_MS = 3650 * DAY_MS;
/** Twenty years of a camera with two lines and a zone. */
const MAX_BYTES = 128 * 2 ** 20;
/** How often the time that a camera was seen is written though nothing was counted. */
const COVERAGE_EVERY_MS = 30_000;
const HOURS_EVERY_MS = 10_000;
/** Closed intervals that may wait for a disk: three days of eight cameras at 5 minutes. */
const MAX_WAITING = 7000;

/**
 * What cameras counted, interval by interval and in all, in `history.db`: 90 days as it was counted, then by the hour for ten
 * years. What is not over is written once a second where something was counted, so that a kill loses a second. As with every store
 * nothing here throws; what the disk refuses waits, and the oldest intervals are dropped first.
 */
export class TrafficStore {
  readonly #now: () => number;
  readonly #link: TablesLink<TrafficStatements>;
  readonly #watched: Watched[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #stored: (interval: TrafficInterval) => void;
  #hoursAt = Number.NEGATIVE_INFINITY;

  /**
   * @param file with `HISTORY_MIGRATIONS`
   * @param stored told of each closed interval that nobody was told of, once it is kept; again after a restart, until `told`
   * @param now Unix ms
   */
  constructor(file: StoreFile, stored: (interval: TrafficInterval) => void, now: () => number = Date.now) {
    this.#now = now;
    this.#stored = stored;
    this.#link = file.join({
      what: 'traffic counts',
      adopt: trafficStatements,
      flush: (statements) => this.#flush(statements),
      retention: [{ table: 'traffic', timeColumn: 'start', maxAgeMs: KEPT_MS, maxBytes: MAX_BYTES }],
    });
  }

  /** Whether what is closed now will be kept soon. */
  get keeps(): boolean {
    return this.#link.canWrite && !this.#link.degraded;
  }

  /** Keeps what a camera counts from now on, after it was handed what earlier runs kept. */
  watch(counter: CountedCamera): void {
    const watched: Watched = { counter, isRestored: false, storedVersion: -1, storedAt: Number.NEGATIVE_INFINITY };
    this.#watched.push(watched);
    // at once where that can be: the first crossing shall know the total
    this.#link.write((statements) => this.#restore(watched, statements), false, 'read traffic counts');
  }

  /** Parts that there are of the interval of a camera that began at `from`. */
  partsOf(camera: string, from: number): number {
    let parts = 0;
    for (const { interval } of this.#waiting.values()) {
      if (interval.camera === camera && interval.from === from) parts = Math.max(parts, interval.part);
    }
    const stored = this.#link.read(({ parts: last }) => last.get(camera, from) as { part: number | null });
    return Math.max(parts, stored?.part ?? 0);
  }

  /** Takes an interval that is over. */
  close(interval: TrafficInterval): void {
    this.#waiting.set(keyOf(interval), { interval, state: CLOSED });
    if (this.#waiting.size <= MAX_WAITING) return;
    const [oldest] = this.#waiting.keys();
    this.#waiting.delete(oldest!);
    this.#link.drop();
  }

  /** It was told: it will not be again after a restart. */
  told(interval: TrafficInterval): void {
    this.#waiting.set(keyOf(interval), { interval, state: TOLD });
  }

  /** Closed intervals that wait for the disk. */
  get waiting(): readonly TrafficInterval[] {
    return [...this.#waiting.values()].filter(({ state }) => state === CLOSED).map(({ interval }) => interval);
  }

  /** What was counted, oldest first, with what is not over and what waits; null where nothing can be read. */
  read(query: TrafficQuery): readonly TrafficInterval[] | null {
    const stored = this.#link.read((statements) => readTraffic(statements, query));
    if (stored === null) return null;
    const intervals = new Map(stored.map((interval) => [keyOf(interval), interval]));
    for (const { interval } of this.#waiting.values()) intervals.set(keyOf(interval), interval);
    for (const { counter } of this.#watched) {
      const interval = counter.current();
      intervals.set(keyOf(interval), interval);
    }
    return [...intervals.values()]
      .filter(({ from, camera }) => from >= query.from && from < query.to && query.cameras?.includes(camera) !== false)
      .sort((a, b) => a.from - b.from || (a.camera < b.camera ? -1 : 1) || a.part - b.part);
  }

  /** How many intervals there are, of those that are kept; null where nothing can be read. */
  count(query: TrafficQuery): number | null {
    return this.#link.read((statements) => countTraffic(statements, query));
  }

  /** How often everything was counted since when, of these cameras or of all; a second may be missing. */
  totals(cameras?: readonly string[]): readonly (StoredTotal & { readonly camera: string })[] {
    return this.#link.read((statements) => readTrafficTotals(statements, cameras)) ?? [];
  }

  #flush(statements: TrafficStatements): (() => void) | null {
    const now = this.#now();
    const done: (() => void)[] = [];
    for (const watched of this.#watched) if (!watched.isRestored) this.#restore(watched, statements);
    for (const [key, { interval, state }] of this.#waiting) {
      putInterval(statements, interval, state);
      done.push(() => this.#written(key, interval, state));
    }
    for (const watched of this.#watched) {
      const written = this.#putCurrent(watched, statements, now);
      if (written) done.push(written);
    }
    if (now < this.#hoursAt || now - this.#hoursAt >= HOURS_EVERY_MS) {
      this.#hoursAt = now;
      mergeHour(statements, now - FINE_MS);
    }
    if (done.length === 0) return null;
    return () => {
      for (const each of done) each();
    };
  }

  #putCurrent(watched: Watched, statements: TrafficStatements, now: number): (() => void) | null {
    const { counter, storedVersion, storedAt } = watched;
    const { version, totals } = counter;
    if (version === storedVersion && now >= storedAt && now - storedAt < COVERAGE_EVERY_MS) return null;
    putInterval(statements, counter.current(), OPEN);
    const fresh = totals.fresh();
    for (const { kind, name, direction, vehicleClass, count } of fresh) {
      statements.addTotal.run(counter.camera, kind, name, direction, vehicleClass, now, count);
    }
    return () => {
      watched.storedVersion = version;
      watched.storedAt = now;
      totals.taken(fresh);
    };
  }

  /** Hands over what earlier runs kept of a camera; what they had begun and is over by now is closed. */
  #restore(watched: Watched, statements: TrafficStatements): void {
    const { counter } = watched;
    for (const row of statements.open.all(counter.camera) as StoredInterval[]) {
      const interval = intervalOf(row);
      if (!counter.goOnWith(interval)) statements.close.run(row.camera, row.start, row.part);
    }
    for (const row of statements.untold.all(counter.camera) as StoredInterval[]) this.close(intervalOf(row));
    counter.totals.remember(statements.totals.all(counter.camera) as StoredTotal[]);
    // as it was told already, though the file may have come later
    for (const { kind, name } of counter.watched) {
      statements.addTotal.run(counter.camera, kind, name, '', '', counter.totals.since(kind, name), 0);
    }
    watched.isRestored = true;
  }

  #written(key: string, interval: TrafficInterval, state: TrafficState): void {
    const waiting = this.#waiting.get(key);
    // it may have been told meanwhile, which is to be written too
    if (waiting?.interval === interval && waiting.state === state) this.#waiting.delete(key);
    if (state === CLOSED && waiting?.state === CLOSED) this.#stored(interval);
  }
}

const keyOf = ({ camera, from, part }: TrafficInterval): string => `${camera}\n${from}\n${part}`;
