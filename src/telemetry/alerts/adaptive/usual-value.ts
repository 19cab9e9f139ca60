import type { NumberTape } from './number-tape.js';

const HOUR_MS = 3_600_000;
/** Time in which the recent level follows. */
const RECENT_MS = 4 * HOUR_MS;
/** How much of a new hour goes into what is known of that hour of the day or week. */
const HOUR_WEIGHT = 0.3;
/** An hour of the day or week is known once it was seen on so many days. */
const KNOWN_VISITS = 2;
/** Errors and spread follow slowly: a value has at least this weight. */
const ERROR_WEIGHT = 0.005;
/** What is further off than so many spreads counts as that far: one outlier moves nothing much. */
const CLIPPED_AT = 5;
const UNKNOWN = -1;

/** Mean of each of some hours. */
class Hours {
  readonly #mean: Float64Array;
  readonly #visits: Float64Array;
  /** The Unix hour of the last visit. */
  readonly #last: Float64Array;

  constructor(count: number) {
    this.#mean = new Float64Array(count);
    this.#visits = new Float64Array(count);
    this.#last = new Float64Array(count).fill(UNKNOWN);
  }

  /** null before it was seen on two days. */
  at(hour: number): number | null {
    const index = hour % this.#mean.length;
    const earlier = this.#visits[index]! - (this.#last[index] === hour ? 1 : 0);
    return earlier >= KNOWN_VISITS - 1 ? this.#mean[index]! : null;
  }

  learn(hour: number, weight: number, towards: (mean: number) => number, value: number): void {
    const index = hour % this.#mean.length;
    const isFirst = this.#visits[index] === 0;
    if (this.#last[index] !== hour) this.#visits[index]! += 1;
    this.#last[index] = hour;
    const mean = this.#mean[index]!;
    this.#mean[index] = isFirst ? value : mean + weight * (towards(mean) - mean);
  }

  save(tape: NumberTape): void {
    for (const numbers of [this.#mean, this.#visits, this.#last]) tape.writeAll(numbers);
  }

  load(tape: NumberTape): void {
    for (const numbers of [this.#mean, this.#visits, this.#last]) tape.readInto(numbers);
  }
}

/** What a value is expected to be. */
export interface Expectation {
  readonly value: number;
  /** Mean distance of values from what was expected of them. */
  readonly spread: number;
}

/**
 * What a value is usually: as it was lately, at this hour of the day, or at this hour of the week, whichever of them has been
 * off least. Where no season is known yet, or there is none, that is the recent level. All of them are robust means, which follow a
 * drift and are hardly moved by an outlier. O(1) memory.
 */
export class UsualValue {
  #seen = 0;
  #recent = 0;
  readonly #ofDay = new Hours(24);
  readonly #ofWeek = new Hours(168);
  /** Mean distance of the recent level, the hour of the day, the hour of the week. */
  readonly #errors = new Float64Array(3);
  #spread = 0;

  /** null before the first value. @param t Unix ms */
  expectation(t: number): Expectation | null {
    if (this.#seen === 0) return null;
    const candidates = this.#candidates(Math.floor(t / HOUR_MS));
    let best = 0;
    for (const [i, value] of candidates.entries()) {
      if (value !== null && this.#errors[i]! < this.#errors[best]!) best = i;
    }
    return { value: candidates[best]!, spread: this.#spread };
  }

  /**
   * @param t Unix ms
   * @param stepMs time that the value stands for
   * @param attention 0..1, of what counts less
   */
  learn(t: number, value: number, stepMs: number, attention = 1): void {
    const hour = Math.floor(t / HOUR_MS);
    const expected = this.expectation(t);
    this.#seen++;
    if (expected === null) this.#recent = value;
    else {
      const weight = Math.max(1 / this.#seen, ERROR_WEIGHT) * attention;
      const clip = this.#spread > 0 ? CLIPPED_AT * this.#spread : Number.POSITIVE_INFINITY;
      const clipped = (distance: number) => Math.min(Math.abs(distance), clip);
      for (const [i, candidate] of this.#candidates(hour).entries()) {
        if (candidate !== null) this.#errors[i]! += weight * (clipped(value - candidate) - this.#errors[i]!);
      }
      this.#spread += weight * (clipped(value - expected.value) - this.#spread);
      const towards = (mean: number) => mean + Math.sign(value - mean) * Math.min(Math.abs(value - mean), clip);
      const recentWeight = Math.min(1, Math.max(1 / this.#seen, stepMs / RECENT_MS)) * attention;
      this.#recent += recentWeight * (towards(this.#recent) - this.#recent);
      const hourWeight = Math.min(1, stepMs / HOUR_MS) * HOUR_WEIGHT * attention;
      for (const hours of [this.#ofDay, this.#ofWeek]) hours.learn(hour, hourWeight, towards, value);
    }
  }

  save(tape: NumberTape): void {
    tape.write(this.#seen, this.#recent, this.#spread);
    tape.writeAll(this.#errors);
    this.#ofDay.save(tape);
    this.#ofWeek.save(tape);
  }

  load(tape: NumberTape): void {
    this.#seen = tape.read();
    this.#recent = tape.read();
    this.#spread = tape.read();
    tape.readInto(this.#errors);
    this.#ofDay.load(tape);
    this.#ofWeek.load(tape);
  }

  #candidates(hour: number): (number | null)[] {
    return [this.#recent, this.#ofDay.at(hour), this.#ofWeek.at(hour)];
  }
}
