import { median } from '../../foundation/statistics.js';

/** Strips of the picture from top to bottom: vehicles in one are about as far away. */
const STRIPS = 24;
/** Cars that are kept of each strip, the latest; how many make a yardstick. */
const MOST_KEPT = 40;
const LEAST_KEPT = 3;
/** What is so many times as tall as a car is none, whatever it was taken for. */
const MOST_OF_CAR = 1.35;

/** What is known of one strip: lower edges and heights of the cars, and the middle of both; null before there are enough. */
interface Strip {
  readonly cars: { readonly y: number; readonly height: number }[];
  yardstick: { readonly y: number; readonly height: number } | null;
}

/**
 * How tall cars look where vehicles touch the road, learned from those before this camera: what is far taller is a lorry or
 * a bus, also where the detector takes it for a car.
 */
export class BodyHeights {
  readonly #strips: readonly Strip[] = Array.from({ length: STRIPS }, () => ({ cars: [], yardstick: null }));

  /** A car was seen; each is to be told once a strip. @param y of its lower edge, 0..1 @param height of its box, in any unit, always the same */
  learn(y: number, height: number): void {
    if ((this.ratio(y, height) ?? 1) > MOST_OF_CAR) return;
    const strip = this.#strips[BodyHeights.stripOf(y)]!;
    strip.cars.push({ y, height });
    if (strip.cars.length > MOST_KEPT) strip.cars.shift();
    if (strip.cars.length < LEAST_KEPT) return;
    const middle = (of: (car: { y: number; height: number }) => number) => median(strip.cars.map(of))!;
    strip.yardstick = { y: middle((car) => car.y), height: middle((car) => car.height) };
  }

  /** How many times as tall as a car there; null where too few were seen about there. */
  ratio(y: number, height: number): number | null {
    const above = this.#nearest(y, -1);
    const below = this.#nearest(y, 1);
    if (above === null || below === null) {
      const only = above ?? below;
      return only === null || Math.abs(only.y - y) > 1 / STRIPS ? null : height / only.height;
    }
    const share = below.y === above.y ? 0 : (y - above.y) / (below.y - above.y);
    return height / (above.height + share * (below.height - above.height));
  }

  /** The strip that a place is in. */
  static stripOf(y: number): number {
    return Math.min(STRIPS - 1, Math.max(0, Math.floor(y * STRIPS)));
  }

  /** The nearest yardstick on one side of a place. */
  #nearest(y: number, step: -1 | 1): Strip['yardstick'] {
    for (let i = BodyHeights.stripOf(y); i >= 0 && i < STRIPS; i += step) {
      const { yardstick } = this.#strips[i]!;
      if (yardstick !== null && (yardstick.y - y) * step >= 0) return yardstick;
    }
    return null;
  }
}
