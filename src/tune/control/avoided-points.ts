import { nameOfPoint, type OperatingPoint } from '../operating-point.js';

const FIRST_MS = 600_000;
const LONGEST_MS = 8 * 3_600_000;
/** Having stood for so long without harm, a point's next failure counts as its first. */
const MOST = 64;

interface Avoided {
  until: number;
  pauseMs: number;
  why: string;
}

/** Points that failed, each for twice as long as the time before. */
export class AvoidedPoints {
  readonly #points = new Map<string, Avoided>();

  /** Not again until `now` plus a pause that doubles with each failure; at least `leastMs`. */
  avoid(point: OperatingPoint, why: string, now: number, leastMs = FIRST_MS): void {
    const name = nameOfPoint(point);
    const before = this.#points.get(name);
    const pauseMs = Math.min(LONGEST_MS, Math.max(leastMs, (before?.pauseMs ?? 0) * 2));
    this.#points.delete(name);
    this.#points.set(name, { until: now + pauseMs, pauseMs, why });
    if (this.#points.size > MOST) this.#points.delete(this.#points.keys().next().value!);
  }

  /** Why a point is avoided; null: it is not. */
  why(point: OperatingPoint, now: number): string | null {
    if (this.#points.size === 0) return null;
    const avoided = this.#points.get(nameOfPoint(point));
    return avoided !== undefined && now < avoided.until ? avoided.why : null;
  }

  /** Circumstances changed: everything may be tried again, and the next pause of each is as long as it would have been. */
  release(): void {
    for (const avoided of this.#points.values()) avoided.until = Number.NEGATIVE_INFINITY;
  }
}
