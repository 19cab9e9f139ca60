import type { Observation } from '../observation.js';
import { type KnownPoint, nameOfPoint, type OperatingPoint } from '../operating-point.js';
import type { Avoidance, AvoidedPoints } from './avoided-points.js';
import type { MemoryWatch } from './memory-watch.js';

/** ms for which a point that grows without end is left alone, at first. */
const LEAKY_MS = 4 * 3_600_000;
/** Share of the inferences that fail, from which their point is left, and observations in a row that must show it. */
const MANY_ERRORS = 0.2;
const ERRORS_IN_A_ROW = 2;

/** Watches the point in use for harm that no forecast knows of: inferences that fail, memory that grows on and on. */
export class PointWatch {
  readonly #memory: MemoryWatch;
  readonly #avoided: AvoidedPoints;
  #failing = 0;

  constructor(memory: MemoryWatch, avoided: AvoidedPoints) {
    this.#memory = memory;
    this.#avoided = avoided;
  }

  /** @param isSwapping whether other workers are being warmed: failures are not told apart then */
  see(observation: Observation, current: KnownPoint | null, isSwapping: boolean): void {
    const { knobs, memoryBytes, memoryFreeBytes, errorShare, now } = observation;
    const profiled = current?.memoryBytes ?? null;
    const grown = this.#memory.see(nameOfPoint(knobs.point), memoryBytes, profiled, memoryFreeBytes, now);
    if (grown !== null) {
      const why = `its memory grows on and on, ${(grown / 2 ** 20).toFixed(0)} MiB by now`;
      this.#leave(knobs.point, { why, isOfKind: true, under: null, leastMs: LEAKY_MS }, now);
    }
    this.#failing = errorShare > MANY_ERRORS ? this.#failing + 1 : 0;
    if (this.#failing < ERRORS_IN_A_ROW || isSwapping) return;
    this.#failing = 0;
    const why = `${Math.round(errorShare * 100)} % of its inferences fail`;
    this.#leave(knobs.point, { why, isOfKind: true, under: null }, now);
  }

  /** Until it is left the harm goes on: that is still the same time, and makes no pause longer. */
  #leave(point: OperatingPoint, avoidance: Avoidance, now: number): void {
    if (this.#avoided.why(point, now) === null) this.#avoided.avoid(point, avoidance, now);
  }
}
