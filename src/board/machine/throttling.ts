import { countedOn } from './counted.js';
import type { QuotaReader } from './quota-reader.js';
import type { SensorReadings } from './sensors/sensor.js';

/** What may hold a machine back: its heat, too little power, more current than allowed, the processor time of a control group. */
export const THROTTLE_CAUSES = ['heat', 'power', 'current', 'quota'] as const;
export type ThrottleCause = (typeof THROTTLE_CAUSES)[number];

/** Whether each cause holds the machine back now; null where nothing tells. */
export type Throttling = Readonly<Record<ThrottleCause, boolean | null>>;

/** ms for which a counter that went on means that it is so now. */
const LASTS_MS = 5000;

/** Whether any cause holds it back; null where nothing tells of any. */
export function isThrottled(throttling: Throttling): boolean | null {
  const told = THROTTLE_CAUSES.map((cause) => throttling[cause]).filter((held) => held !== null);
  return told.length === 0 ? null : told.includes(true);
}

/** Makes one reading of what different machines tell: flags that hold now, and counters that go on while they do. */
export class ThrottleWatch {
  now: Throttling = { heat: null, power: null, current: null, quota: null };
  /** Times that x86 cores were held back by heat since the first reading; null where nothing counts them. */
  get heatCount(): number | null {
    return this.#heat.total;
  }
  readonly #heat = new CauseCounts();
  readonly #power = new CauseCounts();
  readonly #current = new CauseCounts();

  see(sensors: SensorReadings, quota: Pick<QuotaReader, 'stoppedPercent'>, now: number): void {
    const { stoppedPercent } = quota;
    this.now = {
      heat: anyOf(flag(sensors, 'heat'), this.#heat.read(sensors.of('heat-count'), now)),
      power: anyOf(flag(sensors, 'power'), this.#power.read(sensors.of('power-count'), now)),
      current: anyOf(flag(sensors, 'current'), this.#current.read(sensors.of('current-count'), now)),
      quota: stoppedPercent === null ? null : stoppedPercent > 0,
    };
  }
}

/** Counters that go on while one cause holds the machine back. */
class CauseCounts {
  /** By how much all went on since the first reading; null where there is none. */
  total: number | null = null;
  readonly #counts = new Map<string, number>();
  #wentOnAt = Number.NEGATIVE_INFINITY;

  /** Whether one went on within the last seconds; null where none tells. */
  read(counters: Iterable<{ readonly name: string; readonly value: number | null }>, now: number): boolean | null {
    let isTold = false;
    for (const { name, value } of counters) {
      if (value === null) continue;
      isTold = true;
      const more = countedOn(this.#counts.get(name) ?? value, value);
      this.#counts.set(name, value);
      this.total = (this.total ?? 0) + more;
      if (more > 0) this.#wentOnAt = now;
    }
    return isTold ? now - this.#wentOnAt < LASTS_MS : null;
  }
}

/** Whether one of the sensors says so. */
function flag(sensors: SensorReadings, quantity: 'heat' | 'power' | 'current'): boolean | null {
  let held: boolean | null = null;
  for (const { value } of sensors.of(quantity)) if (value !== null) held = anyOf(held, value > 0);
  return held;
}

const anyOf = (a: boolean | null, b: boolean | null): boolean | null => (a === null ? b : b === null ? a : a || b);
