import type { LineConfig, ZoneConfig } from '../config/config.js';

/** One line crossed in one direction by vehicles of one class, and how often so far. */
export type CrossingTotal = readonly [line: string, direction: string, vehicleClass: string, count: number];

/** What is counted over the lines and zones of a camera since the program started. */
export class VehicleTotals {
  readonly #lines: readonly LineConfig[];
  readonly #zones: readonly ZoneConfig[];
  #classes: readonly string[];
  /** Per line: to the left by class, to the right by class. */
  #crossed: Float64Array;
  readonly #entered: Float64Array;

  constructor(lines: readonly LineConfig[], zones: readonly ZoneConfig[], classes: readonly string[]) {
    this.#lines = lines;
    this.#zones = zones;
    this.#classes = classes;
    this.#crossed = new Float64Array(lines.length * 2 * classes.length);
    this.#entered = new Float64Array(zones.length);
  }

  /** There are more classes now. @param classes begins with those known before */
  extend(classes: readonly string[]): void {
    const before = this.#classes.length;
    const crossed = new Float64Array(this.#lines.length * 2 * classes.length);
    for (let row = 0; row < this.#lines.length * 2; row++) {
      crossed.set(this.#crossed.subarray(row * before, (row + 1) * before), row * classes.length);
    }
    this.#classes = classes;
    this.#crossed = crossed;
  }

  /** @returns how often the line was crossed in that direction so far, by all classes */
  crossed(line: number, direction: 'left' | 'right', vehicleClass: number): number {
    const from = (line * 2 + (direction === 'left' ? 0 : 1)) * this.#classes.length;
    this.#crossed[from + vehicleClass]!++;
    let sum = 0;
    for (let i = 0; i < this.#classes.length; i++) sum += this.#crossed[from + i]!;
    return sum;
  }

  entered(zone: number): void {
    this.#entered[zone]!++;
  }

  /** How often each line was crossed in each direction by each class, where that happened at all. */
  *crossings(): Generator<CrossingTotal> {
    let at = 0;
    for (const line of this.#lines) {
      for (const direction of [line.left, line.right]) {
        for (const name of this.#classes) {
          const count = this.#crossed[at++]!;
          if (count > 0) yield [line.id, direction, name, count];
        }
      }
    }
  }

  /** How often each zone was entered. */
  *entries(): Generator<readonly [zone: string, entered: number]> {
    for (const [i, { id }] of this.#zones.entries()) yield [id, this.#entered[i]!];
  }
}
