import { countedOn } from './counted.js';
import type { QuotaReader } from './quota-reader.js';
import type { SensorReader } from './sensor-reader.js';

/** What may hold a machine back: its heat, too little power, the processor time that a control group allows. */
export const THROTTLE_CAUSES = ['heat', 'power', 'quota'] as const;
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
  now: Throttling = { heat: null, power: null, quota: null };
  /** Times that x86 cores were held back by heat since the first reading; null where nothing counts them. */
  heatCount: number | null = null;
  readonly #counts = new Map<string, number>();
  #countedAt = Number.NEGATIVE_INFINITY;

  see(sensors: Pick<SensorReader, 'of'>, quota: Pick<QuotaReader, 'stoppedPercent'>, now: number): void {
    const counted = this.#readCounts(sensors, now);
    const { stoppedPercent } = quota;
    this.now = {
      heat: anyOf(flag(sensors, 'heat'), counted),
      power: flag(sensors, 'power'),
      quota: stoppedPercent === null ? null : stoppedPercent > 0,
    };
  }

  #readCounts(sensors: Pick<SensorReader, 'of'>, now: number): boolean | null {
    let isTold = false;
    for (const { name, value } of sensors.of('heat-count')) {
      if (value === null) continue;
      isTold = true;
      const more = countedOn(this.#counts.get(name) ?? value, value);
      this.#counts.set(name, value);
      this.heatCount = (this.heatCount ?? 0) + more;
      if (more > 0) this.#countedAt = now;
    }
    return isTold ? now - this.#countedAt < LASTS_MS : null;
  }
}

/** Whether one of the sensors says so. */
function flag(sensors: Pick<SensorReader, 'of'>, quantity: 'heat' | 'power'): boolean | null {
  let held: boolean | null = null;
  for (const { value } of sensors.of(quantity)) if (value !== null) held = anyOf(held, value > 0);
  return held;
}

const anyOf = (a: boolean | null, b: boolean | null): boolean | null => (a === null ? b : b === null ? a : a || b);
