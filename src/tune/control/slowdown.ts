import type { KnownPoint } from '../operating-point.js';
import { KindRegression } from './kind-regression.js';

/** Of the logarithm of its time, as far as a profile of the same board can be off. */
const MEASURED_SD = 0.15;
/** Of what the manifests let expect. */
const ESTIMATED_SD = 0.6;
/** Spread of the times of single pictures, of their logarithm, on a board that does nothing else. */
const PICTURE_SD = 0.1;
/** Of the mean over an observation, at first. */
const READING_SD = 0.08;
/** Variance of what is not known, as far as a decision is to fear it, and the part of it that it fears: a try can be taken back. */
const MOST_FEARED = 0.16;
const FEAR = 0.3;
/** Beyond this a reading is another board, not noise. */
const OTHER = 0.5;
const DAY_S = 86_400;
const FASTEST = -1;
const SLOWEST = Math.log(30);

/**
 * By how much pictures take longer now than they should: ALERT's one factor for the whole board (lower clocks, other
 * programs), and one for each kind of point beside it (a variant slower than its profile). All in logarithms. The factor of
 * a kind falls back to one over two days, so that a bad day is not for ever.
 */
export class Slowdown {
  readonly regression = new KindRegression(
    [{ start: 0, sd: 0.5, drift: 0.1, returnS: 1800, least: FASTEST, most: SLOWEST, jumps: true }],
    ({ isMeasured }) => {
      const sd = isMeasured ? MEASURED_SD : ESTIMATED_SD;
      return { start: 0, sd, drift: sd / 20, returnS: 2 * DAY_S, least: FASTEST, most: SLOWEST, jumps: true };
    },
  );
  /** Spread of the readings about what was expected. */
  #noise = READING_SD;

  /**
   * Learns from the mean time of a picture at a point.
   *
   * @param expectedMs as the profile has it, under the load and the crowd of now
   */
  learn(point: KnownPoint, serviceMs: number, expectedMs: number): void {
    const reading = Math.log(serviceMs / expectedMs);
    if (!Number.isFinite(reading)) return;
    const row = this.#rowOf(point);
    const off = reading - this.regression.expect(row);
    if (Math.abs(off) < OTHER) this.#noise = Math.sqrt(this.#noise ** 2 * 0.98 + off ** 2 * 0.02);
    this.regression.learn(row, reading, Math.max(READING_SD / 2, this.#noise));
  }

  /** The factor to be expected at a point, 1 where the profile holds. */
  of(point: KnownPoint): number {
    return Math.exp(this.regression.expect(this.#rowOf(point)));
  }

  /** Spread of the time of single pictures at a point, of its logarithm: what is not known, and what varies. */
  sd(point: KnownPoint): number {
    const unsure = FEAR * Math.min(MOST_FEARED, this.regression.variance(this.#rowOf(point)));
    return Math.sqrt(unsure + PICTURE_SD ** 2 + this.#noise ** 2);
  }

  /** Of the kind of a point, beside the board's. */
  ofKind(point: KnownPoint): number {
    return Math.exp(this.regression.ofKind(point));
  }

  #rowOf(point: KnownPoint): Float64Array {
    const row = this.regression.row(point, 1);
    row[0] = 1;
    return row;
  }
}
