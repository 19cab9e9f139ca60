import { quantile } from '../../foundation/statistics.js';

/** Strips of the picture from top to bottom: vehicles in one are about as far away. */
const STRIPS = 24;
/** Heights of cars that are kept of each strip, the latest; how many make a yardstick. */
const MOST_KEPT = 40;
const LEAST_KEPT = 6;

/**
 * How tall cars look where vehicles touch the road, learned from those before this camera: what is half as tall again is a lorry or
 * a bus, also where the detector takes it for a car.
 */
export class BodyHeights {
  readonly #heights: readonly number[][] = Array.from({ length: STRIPS }, () => []);
  readonly #medians: (number | null)[] = Array.from({ length: STRIPS }, () => null);

  /** A car was seen. @param y of its lower edge, 0..1 @param height of its box, in any unit, always the same */
  learn(y: number, height: number): void {
    const strip = stripOf(y);
    const kept = this.#heights[strip]!;
    kept.push(height);
    if (kept.length > MOST_KEPT) kept.shift();
    this.#medians[strip] = kept.length < LEAST_KEPT ? null : quantile(kept, 0.5);
  }

  /** How many times as tall as a car there; null where too few were seen. */
  ratio(y: number, height: number): number | null {
    const median = this.#medians[stripOf(y)] ?? null;
    return median === null ? null : height / median;
  }
}

const stripOf = (y: number): number => Math.min(STRIPS - 1, Math.max(0, Math.floor(y * STRIPS)));
