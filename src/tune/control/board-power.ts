import type { KnownPoint } from '../operating-point.js';
import { KindRegression } from './kind-regression.js';

const DAY_S = 86_400;
const MOST_WATTS = 2000;

/** Whether a reading is one: meters say 0, or nonsense, where they have none. */
export function isBoardPower(watts: number | null): watts is number {
  return watts !== null && watts > 0 && watts < MOST_WATTS;
}

/**
 * What the board draws: at rest, for each watt that the profile gives the pictures, and for other programs; learnt from its
 * readings where there are any. A kind may need more than its profile says.
 */
export class BoardPower {
  readonly regression = new KindRegression(
    [
      { start: 4, sd: 8, drift: 0.1, returnS: Number.POSITIVE_INFINITY, least: 0, most: MOST_WATTS, jumps: true },
      { start: 1, sd: 0.3, drift: 0.02, returnS: DAY_S, least: 0.2, most: 5, jumps: false },
      { start: 1, sd: 0.6, drift: 0.02, returnS: DAY_S, least: 0, most: 5, jumps: false },
    ],
    ({ isMeasured }) => {
      const sd = isMeasured ? 0.15 : 0.5;
      return { start: 0, sd, drift: sd / 20, returnS: 2 * DAY_S, least: -0.8, most: 5, jumps: false };
    },
  );
  /** Whether the board has told its power. */
  isRead = false;

  /**
   * @param watts read
   * @param point in use
   * @param ours W that the profile gives the pictures inferred
   * @param others W that other programs may draw
   */
  learn(watts: number, point: KnownPoint, ours: number, others: number): void {
    if (!isBoardPower(watts)) return;
    this.isRead = true;
    this.regression.learn(this.#rowOf(point, ours, others), watts, 0.03 * watts + 0.2);
  }

  /** W of the board; without any reading, above the board at rest. */
  of(point: KnownPoint, ours: number, others: number): number {
    if (!this.isRead) return ours + others;
    return Math.max(0, this.regression.expect(this.#rowOf(point, ours, others)));
  }

  /** W that each watt of the pictures of a point costs. */
  perWatt(point: KnownPoint): number {
    return this.isRead ? Math.max(0.1, this.regression.shared(1).value + this.regression.ofKind(point)) : 1;
  }

  /** W whatever runs, beside these others. */
  atRest(others: number): number {
    if (!this.isRead) return others;
    return this.regression.shared(0).value + others * this.regression.shared(2).value;
  }

  #rowOf(point: KnownPoint, ours: number, others: number): Float64Array {
    const row = this.regression.row(point, ours);
    row[0] = 1;
    row[1] = ours;
    row[2] = others;
    return row;
  }
}
