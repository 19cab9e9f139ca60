import { setImmediate as nextTurn } from 'node:timers/promises';
import { sum } from '../../foundation/statistics.js';
import { firstIdAt } from '../store/fleet-retention.js';
import type { FleetStore, FollowedRow, FollowedTable } from '../store/fleet-store.js';
import { crossingsByClass } from './crossings.js';
import { LatestValues, type MeasuredValues, UNMEASURED } from './measures.js';

/** All values are told once an hour: after two of them every device that lives has told its own. */
const LOOKED_BACK_MS = 7_200_000;
const CROSSINGS_MS = 3_600_000;
/** Rows that are read before everything else has its turn. */
const AT_ONCE = 250;
/** Several collectors write beside one another: what one of them commits late lies before what was read. */
const LATE_MS = 5000;
const MOST_INTERVALS = 200;

interface Interval {
  readonly at: number;
  readonly crossings: number;
}

/** What a device measured of late. */
export interface LateReadings {
  readonly measured: MeasuredValues;
  /** Unix ms of the newest metrics; null: none came of late. */
  readonly measuredAt: number | null;
  /** Of the last hour; null: nothing was counted. */
  readonly crossings: number | null;
}

interface DeviceReadings {
  readonly values: LatestValues;
  measuredAt: number | null;
  /** By the row that told of each. */
  readonly intervals: Map<number, Interval>;
}

/** The newest readings of every device, read from the store as they arrived there. */
export class FleetReadings {
  readonly #store: FleetStore;
  readonly #now: () => number;
  readonly #devices = new Map<number, DeviceReadings>();
  readonly #after = new Map<FollowedTable, number>();
  #reading: Promise<void> | null = null;
  /** Until which nothing is read; null: it goes on. */
  #paused: Promise<unknown> | null = null;
  #stopped = false;

  /** @param now Unix ms */
  constructor(store: FleetStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Reads what arrived since the last time; whoever asks meanwhile waits for the same. @throws as the store does */
  async catchUp(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Somebody waits for some work: what is read meanwhile would only make them wait longer. */
  async before<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = work();
    const paused = done.catch(() => undefined);
    this.#paused = paused;
    try {
      return await done;
    } finally {
      if (this.#paused === paused) this.#paused = null;
    }
  }

  /** Reads no more, and waits for what is being read. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#reading?.catch(() => undefined);
  }

  of(device: number): LateReadings {
    const known = this.#devices.get(device);
    if (known === undefined) return { measured: UNMEASURED, measuredAt: null, crossings: null };
    const since = this.#now() - CROSSINGS_MS;
    for (const [id, { at }] of known.intervals) if (at < since) known.intervals.delete(id);
    const isOld = known.measuredAt === null || known.measuredAt < this.#now() - LOOKED_BACK_MS;
    return {
      measured: isOld ? UNMEASURED : known.values.measured(),
      measuredAt: known.measuredAt,
      crossings:
        known.intervals.size === 0 ? null : sum([...known.intervals.values()].map(({ crossings }) => crossings)),
    };
  }

  async #read(): Promise<void> {
    await this.#follow('metrics', (readings, body, { at }) => {
      const { values, full } = body as { values: Record<string, number>; full?: boolean };
      // what is told afterwards does not say how it is now
      if (readings.measuredAt !== null && at < readings.measuredAt) return;
      readings.values.take(values, full === true);
      readings.measuredAt = at;
    });
    await this.#follow('traffic', (readings, body, { id, at }) => {
      const classes = crossingsByClass(body);
      if (classes === null || at < this.#now() - CROSSINGS_MS || readings.intervals.size >= MOST_INTERVALS) return;
      readings.intervals.set(id, { at, crossings: sum(Object.values(classes)) });
    });
  }

  async #follow(
    table: FollowedTable,
    take: (readings: DeviceReadings, body: Record<string, unknown>, row: FollowedRow) => void,
  ): Promise<void> {
    const least = firstIdAt(this.#now() - LOOKED_BACK_MS);
    let after = Math.max(least, (this.#after.get(table) ?? 0) - firstIdAt(LATE_MS));
    for (;;) {
      if (this.#stopped) return;
      const rows = await this.#store.arrived(table, after, AT_ONCE);
      for (const row of rows) take(this.#readingsOf(row.device), JSON.parse(row.body), row);
      after = rows.at(-1)?.id ?? after;
      this.#after.set(table, after);
      if (rows.length < AT_ONCE) return;
      await nextTurn();
      await this.#paused;
    }
  }

  #readingsOf(device: number): DeviceReadings {
    let known = this.#devices.get(device);
    if (known === undefined)
      this.#devices.set(device, (known = { values: new LatestValues(), measuredAt: null, intervals: new Map() }));
    return known;
  }
}
