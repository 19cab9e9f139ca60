import { setImmediate as nextTurn } from 'node:timers/promises';
import { crossingsByClass } from '../overview/crossings.js';
import { firstIdAt } from '../store/fleet-retention.js';
import type { FleetStore } from '../store/fleet-store.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days that are kept: of 2,000 devices each takes some 400 kB. */
const MOST_DAYS = 16;
/** Rows that are read before everything else has its turn. */
const AT_ONCE = 1000;

/** Vehicles by device, day (Unix ms of its begin, in UTC) and class. */
export type CountedDays = ReadonlyMap<number, ReadonlyMap<number, Readonly<Record<string, number>>>>;

interface ArrivedDay {
  /** Of the rows that were summed: another one where any came, went or was replaced. */
  readonly mark: string;
  readonly sums: CountedDays;
}

/**
 * What all devices counted, by the day on which it arrived: read in the order in which it lies in the store, once, and again only where
 * something of the day has changed since. Whether it has is asked of the store without reading what was counted.
 */
export class ArrivedDays {
  readonly #store: Pick<FleetStore, 'arrived' | 'trafficMark'>;
  readonly #days = new Map<number, ArrivedDay>();

  constructor(store: Pick<FleetStore, 'arrived' | 'trafficMark'>) {
    this.#store = store;
  }

  /**
   * @param day Unix ms at which it begins, in UTC
   * @param goOn throws where nobody waits any more
   * @throws as the store does
   */
  async arrivedOn(day: number, goOn: () => void): Promise<CountedDays> {
    const mark = await this.#mark(day, goOn);
    const known = this.#days.get(day);
    // what is used stays
    this.#days.delete(day);
    const kept = known?.mark === mark ? known : { mark, sums: await this.#summed(day, goOn) };
    this.#days.set(day, kept);
    for (const old of [...this.#days.keys()].slice(0, -MOST_DAYS)) this.#days.delete(old);
    return kept.sums;
  }

  async #mark(day: number, goOn: () => void): Promise<string> {
    const marks: string[] = [];
    for (let from = day; from < day + DAY_MS; from += HOUR_MS) {
      const { rows, ts, n } = await this.#store.trafficMark(firstIdAt(from), firstIdAt(from + HOUR_MS), day);
      marks.push(`${rows} ${ts} ${n}`);
      await nextTurn();
      goOn();
    }
    return marks.join(',');
  }

  async #summed(day: number, goOn: () => void): Promise<CountedDays> {
    const sums = new Map<number, Map<number, Record<string, number>>>();
    const end = firstIdAt(day + DAY_MS);
    for (let after = firstIdAt(day) - 1; ; ) {
      const rows = await this.#store.arrived('traffic', after, AT_ONCE, end);
      for (const { device, at, body } of rows) {
        let days = sums.get(device);
        if (days === undefined) sums.set(device, (days = new Map()));
        const begin = Math.floor(at / DAY_MS) * DAY_MS;
        const sum = days.get(begin) ?? {};
        days.set(begin, sum);
        for (const [name, count] of Object.entries(crossingsByClass(JSON.parse(body)) ?? {}))
          sum[name] = (sum[name] ?? 0) + count;
      }
      if (rows.length < AT_ONCE) return sums;
      after = rows.at(-1)!.id;
      await nextTurn();
      goOn();
    }
  }
}
