import { DriftingRegression } from './drifting-regression.js';

/** W of all cores busy with others, where nothing tells. */
const DAY_S = 86_400;

/**
 * What the board draws: at rest, for each watt that the profile gives the pictures, and for other programs; learnt from its
 * readings where there are any.
 */
export class BoardPower {
  readonly #regression = new DriftingRegression([
    { start: 4, sd: 8, drift: 0.1, returnS: Number.POSITIVE_INFINITY, least: 0, most: 500, jumps: true },
    { start: 1, sd: 0.4, drift: 0.02, returnS: DAY_S, least: 0.2, most: 5, jumps: false },
    { start: 1, sd: 0.6, drift: 0.02, returnS: DAY_S, least: 0, most: 5, jumps: false },
  ]);
  readonly #row = new Float64Array(3);
  #isRead = false;

  /** Whether the board has told its power since the start. */
  get isRead(): boolean {
    return this.#isRead;
  }

  advance(seconds: number): void {
    this.#regression.advance(seconds);
  }

  /**
   * @param watts read; null: nothing tells
   * @param ours W that the profile gives the pictures inferred
   * @param others W that other programs may draw
   */
  learn(watts: number | null, ours: number, others: number): void {
    if (watts === null || !(watts > 0 && watts < 2000)) return;
    this.#isRead = true;
    this.#regression.learn(this.#rowOf(ours, others), watts, 0.03 * watts + 0.2);
  }

  /** W of the board under these; without any reading, above the board at rest. */
  of(ours: number, others: number): number {
    if (!this.#isRead) return ours + others;
    return Math.max(0, this.#regression.expect(this.#rowOf(ours, others)));
  }

  get coefficients(): readonly number[] {
    return [...this.#regression.values, ...[0, 1, 2].map((i) => this.#regression.sd(i))];
  }

  restore(saved: readonly number[], isRead: boolean): void {
    for (let i = 0; i < 3; i++) this.#regression.restore(i, saved[i]!, saved[i + 3]!);
    this.#isRead = isRead;
  }

  #rowOf(ours: number, others: number): Float64Array {
    this.#row[0] = 1;
    this.#row[1] = ours;
    this.#row[2] = others;
    return this.#row;
  }
}
