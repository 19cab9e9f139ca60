import type { LumaPlane } from './luma-plane.js';

/** Points of a patch on a side, and in all. */
export const PATCH_SIDE = 8;
const POINTS = PATCH_SIDE * PATCH_SIDE;

/** Where each number of a patch is among its facts. Levels in eighths, slopes as differences of two points two pixels apart. */
export const PATCH = {
  /** Of its first point, pixels. */
  left: 0,
  top: 1,
  /** Upper triangle of the inverted normal equations: pixels per product of slope and level. */
  inverse: 2,
  /** Sum of squares of the look less its mean; below 0 where there is no patch. */
  energy: 5,
  /** Sums of the slopes across and down, and of these times the look less its mean. */
  sum: 6,
  base: 8,
  lookSum: 10,
  /** How far from where it was taken it should be near, pixels to the right and down. */
  likely: 11,
} as const;
const FACTS = 16;
const FACT_BYTES = FACTS * 8;
/** Bytes of a patch: its facts, then look, slopes across and slopes down, int16 each. */
const PATCH_BYTES = FACT_BYTES + 3 * POINTS * 2;

/** Pixels that a patch needs to either side of its middle. */
export const PATCH_REACH = PATCH_SIDE / 2 + 2;

/** Sums over the points of a place that say how well it would be told from those beside it. */
interface Slopes {
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Small pieces of a picture that look like none beside them, to be found again in later ones: 8 by 8 pixels, in one piece of memory.
 * Brightness may change.
 */
export class PatchTable {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly #facts: Float64Array;
  readonly #numbers: Int16Array;

  constructor(count: number) {
    this.count = count;
    this.bytes = new Uint8Array(count * PATCH_BYTES);
    this.#facts = new Float64Array(this.bytes.buffer);
    this.#numbers = new Int16Array(this.bytes.buffer);
    for (let i = 0; i < count; i++) this.drop(i);
  }

  fact(patch: number, which: number): number {
    return this.#facts[(patch * PATCH_BYTES) / 8 + which]!;
  }

  /** Look, slopes across and slopes down of a patch. */
  numbers(patch: number): Int16Array {
    const first = (patch * PATCH_BYTES + FACT_BYTES) / 2;
    return this.#numbers.subarray(first, first + 3 * POINTS);
  }

  has(patch: number): boolean {
    return this.fact(patch, PATCH.energy) >= 0;
  }

  drop(patch: number): void {
    this.#set(patch, PATCH.energy, -1);
  }

  /** Where it should be near, pixels from where it was taken. */
  expect(patch: number, right: number, down: number): void {
    this.#set(patch, PATCH.likely, right);
    this.#set(patch, PATCH.likely + 1, down);
  }

  /** Levels² by which the weaker direction of a place changes. @param x, y whole pixels at least `PATCH_REACH` from the edges */
  texture(plane: LumaPlane, x: number, y: number): number {
    return weaker(this.#slopes(plane, x, y, null)) / 4;
  }

  /** Takes a patch whose middle is at a place. */
  take(patch: number, plane: LumaPlane, x: number, y: number): void {
    const numbers = this.numbers(patch);
    const slopes = this.#slopes(plane, x, y, numbers);
    let [sum, energy, baseX, baseY] = [0, 0, 0, 0];
    for (let k = 0; k < POINTS; k++) sum += numbers[k]!;
    const mean = sum / POINTS;
    for (let k = 0; k < POINTS; k++) {
      const look = numbers[k]! - mean;
      energy += look * look;
      baseX += look * numbers[POINTS + k]!;
      baseY += look * numbers[2 * POINTS + k]!;
    }
    const { xx, xy, yy } = slopes;
    // a difference of two points is two pixels' worth, and a level eight parts
    const share = 0.25 / (xx * yy - xy * xy);
    const half = PATCH_SIDE / 2;
    const facts = [
      x - half,
      y - half,
      yy * share,
      -xy * share,
      xx * share,
      energy,
      slopes.x,
      slopes.y,
      baseX,
      baseY,
      sum,
    ];
    for (const [which, value] of facts.entries()) this.#set(patch, which, value);
  }

  #set(patch: number, which: number, value: number): void {
    this.#facts[(patch * PATCH_BYTES) / 8 + which] = value;
  }

  /** @param into look and slopes; null: they are not kept */
  #slopes({ data, width, first, step }: LumaPlane, x: number, y: number, into: Int16Array | null): Slopes {
    const [across, down] = [step, width * step] as const;
    const half = PATCH_SIDE / 2;
    const corner = (y * width + x) * step + first - half * across - half * down;
    let [xx, xy, yy, sumX, sumY] = [0, 0, 0, 0, 0];
    for (let v = 0, k = 0; v < PATCH_SIDE; v++) {
      for (let u = 0, at = corner + v * down; u < PATCH_SIDE; u++, k++, at += across) {
        const dx = data[at + across]! - data[at - across]!;
        const dy = data[at + down]! - data[at - down]!;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
        sumX += dx;
        sumY += dy;
        if (into === null) continue;
        into[k] = data[at]! * 8;
        into[POINTS + k] = dx;
        into[2 * POINTS + k] = dy;
      }
    }
    const less = (a: number, b: number): number => (a * b) / POINTS;
    return { xx: xx - less(sumX, sumX), xy: xy - less(sumX, sumY), yy: yy - less(sumY, sumY), x: sumX, y: sumY };
  }
}

/** The smaller eigenvalue. */
function weaker({ xx, xy, yy }: Slopes): number {
  return (xx + yy - Math.hypot(xx - yy, 2 * xy)) / 2;
}
