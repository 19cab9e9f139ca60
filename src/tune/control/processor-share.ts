import { DriftingRegression } from './drifting-regression.js';

const DAY_S = 86_400;

/** How much of all cores this program keeps busy, for the core-seconds that its pictures take; learnt from readings. */
export class ProcessorShare {
  readonly #regression: DriftingRegression;
  readonly #row = new Float64Array(2);

  /** @param cores that this program may use; where nobody tells, as many as the points known use */
  constructor(cores: number) {
    this.#regression = new DriftingRegression([
      { start: 0.05, sd: 0.1, drift: 0.01, returnS: DAY_S, least: 0, most: 1, jumps: true },
      {
        start: 1 / cores,
        sd: 0.4 / cores,
        drift: 0.01 / cores,
        returnS: DAY_S,
        least: 0.2 / cores,
        most: 3 / cores,
        jumps: false,
      },
    ]);
  }

  advance(seconds: number): void {
    this.#regression.advance(seconds);
  }

  /**
   * @param busy share of the cores that this program kept busy, 0..1
   * @param coreSeconds a second that the profile gives the pictures inferred
   */
  learn(busy: number, coreSeconds: number): void {
    if (busy >= 0 && busy <= 1) this.#regression.learn(this.#rowOf(coreSeconds), busy, 0.04);
  }

  /** Share of the cores; above 1 they could not do it. */
  of(coreSeconds: number): number {
    return Math.max(0, this.#regression.expect(this.#rowOf(coreSeconds)));
  }

  #rowOf(coreSeconds: number): Float64Array {
    this.#row[0] = 1;
    this.#row[1] = coreSeconds;
    return this.#row;
  }
}
