import type { KnownPoint } from '../operating-point.js';
import { DriftingRegression } from './drifting-regression.js';
import { kindOf } from './kinds.js';

/** Of its logarithm, as far as a profile of the same board can be off. */
const MEASURED_SD = 0.2;
/** Of what the manifests let expect. */
const ESTIMATED_SD = 0.6;
/** Spread of the times of single pictures, of their logarithm, where the board does nothing else. */
const PICTURE_SD = 0.12;
/** Of the mean over an observation. */
const READING_SD = 0.08;
const DAY_S = 86_400;
const MOST = Math.log(30);

/**
 * By how much pictures take longer now than the profile says: ALERT's one factor for the whole board (other programs, lower
 * clocks), and one for each kind of point beside it (a variant that is slower than its profile), learnt together: what
 * stays when the kind changes was the board's.
 *
 * All of it in logarithms. The factor of a kind falls back to one over two days, so that a bad day is not for ever.
 */
export class Slowdown {
  readonly #regression = new DriftingRegression([
    { start: 0, sd: 0.5, drift: 0.1, returnS: 1800, least: -1, most: MOST, jumps: true },
  ]);
  readonly #kinds = new Map<string, number>();
  #row = new Float64Array(1);
  /** Spread of the readings about what was expected. */
  #noise = READING_SD;

  /** Makes room for the kinds of these points; those of others are kept as they are. */
  know(points: readonly KnownPoint[]): void {
    for (const point of points) {
      const kind = kindOf(point);
      if (this.#kinds.has(kind)) continue;
      const sd = point.isMeasured ? MEASURED_SD : ESTIMATED_SD;
      const index = this.#regression.add({
        start: 0,
        sd,
        drift: sd / 20,
        returnS: 2 * DAY_S,
        least: -1,
        most: MOST,
        jumps: false,
      });
      this.#kinds.set(kind, index);
    }
    this.#row = new Float64Array(this.#regression.size);
  }

  get kinds(): Iterable<string> {
    return this.#kinds.keys();
  }

  advance(seconds: number): void {
    this.#regression.advance(seconds);
  }

  /** Learns from the mean time of a picture at a point. */
  learn(point: KnownPoint, serviceMs: number): void {
    if (!(serviceMs > 0) || !(point.serviceMs > 0)) return;
    const reading = Math.log(serviceMs / point.serviceMs);
    const row = this.#rowOf(point);
    const off = reading - this.#regression.expect(row);
    if (Math.abs(off) < 0.5) this.#noise = Math.sqrt(this.#noise ** 2 * 0.98 + off ** 2 * 0.02);
    this.#regression.learn(row, reading, Math.max(READING_SD / 2, this.#noise));
  }

  /** The factor to be expected at a point, 1 where the profile holds. */
  of(point: KnownPoint): number {
    return Math.exp(this.#regression.expect(this.#rowOf(point)));
  }

  /** Spread of the time of single pictures at a point, of its logarithm: what is not known, and what varies. */
  sd(point: KnownPoint): number {
    const unsure = this.#regression.variance(this.#rowOf(point));
    return Math.sqrt(Math.min(0.16, unsure) + PICTURE_SD ** 2 + this.#noise ** 2);
  }

  /** Of the board as a whole, 1 where it is as the profile found it. */
  get board(): number {
    return Math.exp(this.#regression.values[0]!);
  }

  /** Of one kind beside the board's. */
  ofKind(kind: string): number {
    const index = this.#kinds.get(kind);
    return index === undefined ? 1 : Math.exp(this.#regression.values[index]!);
  }

  /** How sure that is, of its logarithm. */
  sdOfKind(kind: string): number {
    const index = this.#kinds.get(kind);
    return index === undefined ? ESTIMATED_SD : this.#regression.sd(index);
  }

  /** Puts the factor of a kind that is known where it was. */
  restore(kind: string, factor: number, sd: number): void {
    const index = this.#kinds.get(kind);
    if (index !== undefined && factor > 0) this.#regression.restore(index, Math.log(factor), sd);
  }

  #rowOf(point: KnownPoint): Float64Array {
    this.#row.fill(0);
    this.#row[0] = 1;
    const index = this.#kinds.get(kindOf(point));
    if (index !== undefined) this.#row[index] = 1;
    return this.#row;
  }
}
