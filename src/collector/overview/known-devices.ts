import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FleetDevice, FleetStore } from '../store/fleet-store.js';

const AT_ONCE = 500;
/** ms for which only those that were heard since are read again: then all are. */
const WHOLE_MS = 30_000;
/** ms that a batch may take from its arrival until it is written, usually; what takes longer is read with all of them. */
const LATE_MS = 10_000;

/** All devices as the store has them, of which only those are read anew that were heard meanwhile. */
export class KnownDevices {
  readonly #store: Pick<FleetStore, 'devices' | 'heardSince'>;
  readonly #now: () => number;
  /** In the order of site and name. */
  #devices: FleetDevice[] = [];
  #places = new Map<number, number>();
  /** Unix ms of the last time that all were read; null: never. */
  #wholeAt: number | null = null;
  /** Unix ms of the last time that any were read. */
  #lookedAt = 0;

  /** @param now Unix ms */
  constructor(store: Pick<FleetStore, 'devices' | 'heardSince'>, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** In the order of site and name. @throws as the store does */
  async latest(): Promise<readonly FleetDevice[]> {
    const now = this.#now();
    const isRecent = this.#wholeAt !== null && now >= this.#wholeAt && now - this.#wholeAt < WHOLE_MS;
    if (!(isRecent && (await this.#readHeard()))) await this.#readAll(now);
    this.#lookedAt = now;
    return this.#devices;
  }

  /** @returns false: one of them is new */
  async #readHeard(): Promise<boolean> {
    // by the clock that the collectors have, which may be slow beside that of whoever looks; one that was fast once says nothing
    const newest = this.#devices.reduce((most, { heardAt }) => Math.max(most, heardAt), 0);
    const heard = await this.#store.heardSince(Math.min(newest, this.#lookedAt) - LATE_MS);
    if (heard.some(({ id }) => !this.#places.has(id))) return false;
    for (const device of heard) this.#devices[this.#places.get(device.id)!] = device;
    return true;
  }

  async #readAll(now: number): Promise<void> {
    const devices: FleetDevice[] = [];
    for (let after: FleetDevice | null = null; ; after = devices.at(-1)!) {
      const some: FleetDevice[] = await this.#store.devices(AT_ONCE, after);
      devices.push(...some);
      if (some.length < AT_ONCE) break;
      await nextTurn();
    }
    this.#devices = devices;
    this.#places = new Map(devices.map(({ id }, place) => [id, place]));
    this.#wholeAt = now;
  }
}
