import type { Observation } from './observation.js';
import { nameOfPoint, type OperatingPoint } from './operating-point.js';

/** How long a point's workers took for a picture while they served. */
export interface ServedTime {
  readonly point: OperatingPoint;
  /** ms of one picture alone, as on an otherwise idle board. */
  readonly serviceMs: number;
}

/** Observations of a point before anything is said of it. */
const LEAST = 3;
/** Those that count; one of them in so many is quicker. */
const KEPT = 24;
const QUICKER = 4;
/** Share of the cores that others may be busy with while it counts. */
const IDLE_ENOUGH = 0.2;

/** Remembers what workers showed of each point: the first quarter of the last observations, since what disturbs them only slows them. */
export class ServedTimes {
  readonly #times = new Map<string, { readonly point: OperatingPoint; readonly ms: number[] }>();

  see({ knobs: { point }, serviceMs, cpuBusyElsewhere, throttledBy }: Observation): void {
    if (serviceMs === null || throttledBy.length > 0 || (cpuBusyElsewhere ?? 0) > IDLE_ENOUGH) return;
    const name = nameOfPoint(point);
    const times = this.#times.get(name) ?? { point, ms: [] };
    this.#times.set(name, times);
    times.ms.push(serviceMs);
    if (times.ms.length > KEPT) times.ms.shift();
  }

  get all(): readonly ServedTime[] {
    return [...this.#times.values()].flatMap(({ point, ms }) => {
      if (ms.length < LEAST) return [];
      const sorted = ms.toSorted((a, b) => a - b);
      return { point, serviceMs: sorted[Math.floor(sorted.length / QUICKER)]! };
    });
  }
}
