import { DriftingRegression } from './drifting-regression.js';

const DAY_S = 86_400;
/** Pictures that may wait beside those in work, for each in work. */
const QUEUED_PER_PLACE = 1;

/**
 * Share of the pictures that come to a full queue and are dropped, beside those that only come late: a short queue's blocking
 * (M/M/1/K), times how much it is so here, learnt from the frames that were late or dropped. Cameras in step drop more than
 * cameras apart.
 */
export class Misses {
  readonly #regression = new DriftingRegression([
    { start: 0.3, sd: 0.5, drift: 0.02, returnS: DAY_S, least: 0, most: 2, jumps: false },
  ]);
  readonly #row = new Float64Array(1);

  advance(seconds: number): void {
    this.#regression.advance(seconds);
  }

  /**
   * @param missed share of the frames
   * @param askedShare share of the frames that asked for an inference
   */
  learn(missed: number, askedShare: number, utilisation: number, places: number, late: number): void {
    if (!(missed >= 0 && missed <= 1) || !(askedShare > 0.005)) return;
    this.#row[0] = blocking(utilisation, places);
    this.#regression.learn(this.#row, missed / askedShare - late, 0.02 / askedShare + 0.02);
  }

  /** Share of the pictures, 0..1. */
  of(utilisation: number, places: number): number {
    const full = Math.max(0, 1 - 1 / Math.max(1, utilisation));
    return Math.min(1, Math.max(full, this.#regression.values[0]! * blocking(utilisation, places)));
  }

  get belief(): [number, number] {
    return [this.#regression.values[0]!, this.#regression.sd(0)];
  }

  restore([value, sd]: readonly [number, number]): void {
    this.#regression.restore(0, value, sd);
  }
}

/** Share that finds `places` in work and as many waiting. */
function blocking(utilisation: number, places: number): number {
  const room = places * (1 + QUEUED_PER_PLACE);
  const r = Math.min(1e3, Math.max(1e-6, utilisation));
  return Math.abs(r - 1) < 1e-6 ? 1 / (room + 1) : (r - 1) / (r - r ** -room);
}
