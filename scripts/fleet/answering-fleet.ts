import { Random } from '../../src/simulator/random.js';
import type { CommandKey } from '../../src/telemetry/commands/keys.js';
import { AnsweringDevice, type Publish, type Temper } from './answering-device.js';
import { placeOf } from './simulated-fleet.js';

/** How many of them are not fine, as shares of all. */
export type TemperShares = Readonly<Partial<Record<Exclude<Temper, 'fine'>, number>>>;

export interface AnsweringFleetOptions {
  readonly devices: number;
  readonly seed: number;
  readonly key: CommandKey;
  readonly publish: Publish;
  readonly shares?: TemperShares;
  /** Share of them that is away at first. */
  readonly away?: number;
  /** ms after which who is late answers. */
  readonly lateMs?: number;
  /** Unix ms. */
  readonly now?: () => number;
}

/** What became of what devices were told. */
export interface AnsweringCounts {
  readonly there: number;
  /** Commands that reached somebody who was there. */
  readonly heard: number;
  readonly done: number;
  /** Devices that did one and the same command more than once: there must be none. */
  readonly twice: number;
}

/** Many devices that do what they are told, all of them over one connection. */
export class AnsweringFleet {
  readonly devices: readonly AnsweringDevice[];
  readonly #byName: ReadonlyMap<string, AnsweringDevice>;
  readonly #away: ReadonlySet<AnsweringDevice>;
  #heard = 0;

  constructor({ devices, seed, key, publish, shares = {}, away = 0, lateMs, now = Date.now }: AnsweringFleetOptions) {
    const random = new Random(seed);
    this.devices = Array.from({ length: devices }, (_, index) => {
      const temper = temperOf(random.next(), shares);
      return new AnsweringDevice({
        ...placeOf(index),
        seed: seed * 100_003 + index,
        temper,
        key,
        publish,
        lateMs,
        now,
      });
    });
    this.#byName = new Map(this.devices.map((device) => [device.name, device]));
    this.#away = new Set(this.devices.filter(() => random.next() < away));
  }

  /** All are born; those that are away are heard of before they go. */
  come(): void {
    for (const device of this.devices) device.come();
    for (const device of this.#away) device.go();
  }

  /** Those that were away are there again. */
  comeBack(): void {
    for (const device of this.#away) if (!device.isThere) device.come();
  }

  measure(): void {
    for (const device of this.devices) device.measure();
  }

  /** A message came to one of them. */
  async take(topic: string, payload: Uint8Array): Promise<void> {
    const [, , site, name, , command = '', more] = topic.split('/');
    const device = this.#byName.get(`${site}/${name}`);
    if (device === undefined || more !== undefined) return;
    if (device.isThere) this.#heard++;
    await device.take(command, payload);
  }

  counts(): AnsweringCounts {
    const times = this.devices.flatMap(({ done }) => [...done.values()]);
    return {
      there: this.devices.filter(({ isThere }) => isThere).length,
      heard: this.#heard,
      done: times.reduce((sum, count) => sum + count, 0),
      twice: times.filter((count) => count > 1).length,
    };
  }
}

/** @param chance 0 to 1 */
function temperOf(chance: number, shares: TemperShares): Temper {
  let below = 0;
  for (const [temper, share] of Object.entries(shares)) if (chance < (below += share)) return temper as Temper;
  return 'fine';
}
