/** One coefficient of a regression: what is believed of it before anything was seen, and how it may wander. */
export interface Coefficient {
  readonly start: number;
  /** Standard deviation of the belief before anything was seen; it never becomes wider than that. */
  readonly sd: number;
  /** Standard deviation by which it wanders in a minute. */
  readonly drift: number;
  /** s after which it has fallen back to `start` by 63 %; Infinity: never. */
  readonly returnS: number;
  readonly least: number;
  readonly most: number;
  /** Whether it is this one that is doubted where two readings in a row are far off. */
  readonly jumps: boolean;
}

/** Readings farther off than so many standard deviations are taken as if they were no farther. */
const FAR = 3;

/**
 * Linear regression over coefficients that wander: a Kalman filter whose state is the coefficients.
 *
 * A single reading far off is mostly ignored; a second one on the same side is believed, by doubting the coefficients that
 * may jump. Uncertainty grows while nothing is seen, up to what it was in the beginning, so that years without variation
 * neither wind it up nor freeze it. Coefficients stay within their bounds whatever is read.
 */
export class DriftingRegression {
  readonly #coefficients: Coefficient[] = [];
  #values = new Float64Array(0);
  /** Covariance, row by row. */
  #covariance = new Float64Array(0);
  /** Covariance times the row of the reading. */
  #spread = new Float64Array(0);
  /** How often in a row a reading was far off, negative below what was expected. */
  #surprises = 0;

  constructor(coefficients: readonly Coefficient[]) {
    for (const coefficient of coefficients) this.add(coefficient);
  }

  get size(): number {
    return this.#coefficients.length;
  }

  /** The coefficients as believed now; the array is the filter's own. */
  get values(): Float64Array {
    return this.#values;
  }

  /** Standard deviation of one coefficient. */
  sd(index: number): number {
    return Math.sqrt(this.#covariance[index * this.size + index]!);
  }

  /** Adds a coefficient that nothing is known of; its index. */
  add(coefficient: Coefficient): number {
    const before = this.size;
    const covariance = new Float64Array((before + 1) ** 2);
    for (let i = 0; i < before; i++) {
      for (let j = 0; j < before; j++) covariance[i * (before + 1) + j] = this.#covariance[i * before + j]!;
    }
    covariance[covariance.length - 1] = coefficient.sd ** 2;
    this.#coefficients.push(coefficient);
    this.#values = Float64Array.of(...this.#values, coefficient.start);
    this.#covariance = covariance;
    this.#spread = new Float64Array(before + 1);
    return before;
  }

  /** Forgets what is known of one coefficient, its company with the others included. */
  forget(index: number): void {
    const n = this.size;
    for (let j = 0; j < n; j++) this.#covariance[index * n + j] = this.#covariance[j * n + index] = 0;
    this.#covariance[index * n + index] = this.#coefficients[index]!.sd ** 2;
    this.#values[index] = this.#coefficients[index]!.start;
  }

  /** Puts another coefficient in the place of one: nothing is known of it. */
  replace(index: number, coefficient: Coefficient): void {
    this.#coefficients[index] = coefficient;
    this.forget(index);
  }

  /** Puts a coefficient where it was when it was saved, `sd` unsure; bounded as ever. */
  restore(index: number, value: number, sd: number): void {
    this.forget(index);
    const { start, least, most } = this.#coefficients[index]!;
    this.#values[index] = Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : start;
    if (sd >= 0) this.#limit(index, Math.min(sd, this.#coefficients[index]!.sd) ** 2);
  }

  /** Lets `seconds` go by. */
  advance(seconds: number): void {
    if (!(seconds > 0)) return;
    const n = this.size;
    for (let i = 0; i < n; i++) {
      const { start, sd, drift, returnS } = this.#coefficients[i]!;
      if (returnS !== Number.POSITIVE_INFINITY)
        this.#values[i] = start + (this.#values[i]! - start) * Math.exp(-seconds / returnS);
      this.#covariance[i * n + i]! += (drift ** 2 * seconds) / 60;
      if (this.#covariance[i * n + i]! > sd ** 2) this.#limit(i, sd ** 2);
    }
  }

  /** The reading to be expected for a row. */
  expect(row: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i]! * this.#values[i]!;
    return sum;
  }

  /** Variance of what is to be expected for a row, without the reading's own noise. */
  variance(row: Float64Array): number {
    const n = this.size;
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      if (row[i] === 0) continue;
      for (let j = 0; j < row.length; j++) {
        if (row[j] !== 0) sum += row[i]! * this.#covariance[i * n + j]! * row[j]!;
      }
    }
    return Math.max(0, sum);
  }

  /** Learns from one reading with noise of `sd`; how far it was off, in standard deviations. */
  learn(row: Float64Array, reading: number, sd: number): number {
    const off = reading - this.expect(row);
    let total = this.variance(row) + sd ** 2;
    if (!Number.isFinite(off) || !(total > 0)) return 0;
    const score = off / Math.sqrt(total);
    this.#count(score);
    if (Math.abs(this.#surprises) >= 2) {
      this.#doubt(row, off);
      total = this.variance(row) + sd ** 2;
    }
    this.#spreadOf(row);
    this.#correct(Math.max(-FAR, Math.min(FAR, off / Math.sqrt(total))) * Math.sqrt(total), total);
    return score;
  }

  #count(score: number): void {
    const side = Math.sign(score);
    if (Math.abs(score) < FAR) this.#surprises = 0;
    else this.#surprises = Math.sign(this.#surprises) === side ? this.#surprises + side : side;
  }

  /** Widens the belief in those that may jump, so that together they can explain what was read. */
  #doubt(row: Float64Array, off: number): void {
    const n = this.size;
    let jumping = 0;
    for (let i = 0; i < row.length; i++) if (row[i] !== 0 && this.#coefficients[i]!.jumps) jumping++;
    for (let i = 0; i < row.length; i++) {
      if (row[i] !== 0 && this.#coefficients[i]!.jumps) this.#covariance[i * n + i]! += (off / row[i]!) ** 2 / jumping;
    }
  }

  /** Needs `#spread` of the row. */
  #correct(off: number, total: number): void {
    const n = this.size;
    const spread = this.#spread;
    for (let i = 0; i < n; i++) {
      const { least, most } = this.#coefficients[i]!;
      this.#values[i] = Math.min(most, Math.max(least, this.#values[i]! + (spread[i]! / total) * off));
      for (let j = 0; j < n; j++) this.#covariance[i * n + j]! -= (spread[i]! * spread[j]!) / total;
    }
    // rounding must not make a variance negative
    for (let i = 0; i < n; i++) this.#covariance[i * n + i] = Math.max(1e-12, this.#covariance[i * n + i]!);
  }

  #spreadOf(row: Float64Array): void {
    const n = this.size;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < row.length; j++) if (row[j] !== 0) sum += this.#covariance[i * n + j]! * row[j]!;
      this.#spread[i] = sum;
    }
  }

  /** Scales row and column of one coefficient, so that the matrix stays a covariance. */
  #limit(index: number, variance: number): void {
    const n = this.size;
    const scale = Math.sqrt(variance / this.#covariance[index * n + index]!);
    for (let j = 0; j < n; j++) {
      this.#covariance[index * n + j]! *= scale;
      this.#covariance[j * n + index]! *= scale;
    }
  }
}
