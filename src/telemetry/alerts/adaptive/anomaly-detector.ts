import { IncidentPeak } from './incident-peak.js';
import { Novelty } from './novelty.js';
import { NumberTape } from './number-tape.js';
import { TailRarity } from './tail-rarity.js';
import { type Expectation, UsualValue } from './usual-value.js';

/** Shapes that are looked at: the value itself, and eight points over 8, 32 and 128 values. */
const SCALES: readonly (readonly [points: number, each: number])[] = [
  [1, 1],
  [8, 1],
  [8, 4],
  [8, 16],
];
const LONGEST = 128;
/** After a gap of so many usual steps the values before it and after it make no shape together. */
const GAP_STEPS = 16;
/** How fast the usual step follows. */
const STEP_WEIGHT = 0.05;
/** Spreads of whatever differs where nothing ever did. */
const FAR = 1000;
/** The layout of a saved state; another one is of no use. */
const STATE_VERSION = 1;

/** What the detector thinks of a value. */
export interface AnomalyScore {
  /**
   * How unusual it is, in decades: the root of the mean square of five views of it. 2, `UNUSUAL_SCORE`, is as much as one in a hundred by
   * each of them, or one in 30,000 by one of them alone.
   */
  readonly score: number;
  /** The score where it is higher than all of the last 120 values, else 0: what makes one alarm of one incident. */
  readonly news: number;
  /** Before the value was known; null of the first. */
  readonly expected: Expectation | null;
}

/** A score that is unusual, untuned: as rare as one in a hundred. */
export const UNUSUAL_SCORE = 2;

/**
 * Finds what is unusual in a series of numbers, one at a time, without knowing what they are. Five views are put together:
 * how unlike all before the value is, and the shapes of the last 8, 32 and 128 values; and how far off it is from what is usual lately or at
 * this hour of the day or week. Each says how rare that is among what it saw before, so that units, scales and tails do not matter and
 * there is nothing to set. O(1) memory (about 6500 numbers) and time per value.
 */
export class AnomalyDetector {
  readonly #novelties = SCALES.map(([points, each]) => new Novelty(points, each));
  readonly #usual = new UsualValue();
  readonly #distance = new TailRarity();
  /** The latest values, the last one newest. */
  readonly #latest = new Float64Array(LONGEST);
  #known = 0;
  #seen = 0;
  /** Unix ms. */
  #at = 0;
  #stepMs = 0;
  readonly #incident = new IncidentPeak();

  /** Values seen so far. */
  get seen(): number {
    return this.#seen;
  }

  /** @param t Unix ms */
  expectation(t: number): Expectation | null {
    return this.#usual.expectation(t);
  }

  /**
   * Judges the next value, then learns from it.
   *
   * @param t Unix ms; a clock that is set back or forth does no harm
   * @param value finite
   * @param attention below 1: what is known to be wrong becomes usual that much slower
   */
  see(t: number, value: number, attention = 1): AnomalyScore {
    this.#walkTo(t);
    this.#latest.copyWithin(0, 1);
    this.#latest[LONGEST - 1] = value;
    this.#known = Math.min(this.#known + 1, LONGEST);
    this.#seen++;
    const expected = this.#usual.expectation(t);
    let squares = this.#farOff(value, expected) ** 2;
    for (const novelty of this.#novelties) {
      if (this.#known >= novelty.length) squares += novelty.see(this.#latest) ** 2;
    }
    this.#usual.learn(t, value, this.#stepMs, attention);
    const score = Math.sqrt(squares / (SCALES.length + 1));
    return { score, news: this.#incident.news(score), expected };
  }

  /** All that it has learned. */
  state(): Float32Array {
    const tape = new NumberTape();
    this.save(tape);
    return tape.numbers;
  }

  save(tape: NumberTape): void {
    tape.write(STATE_VERSION, this.#known, this.#seen, this.#stepMs);
    tape.writeTime(this.#at);
    tape.writeAll(this.#latest);
    for (const part of [this.#incident, ...this.#novelties, this.#usual, this.#distance]) part.save(tape);
  }

  /**
   * Goes on from a state.
   *
   * @throws RangeError where it is none, or of another version
   */
  static from(state: Float32Array): AnomalyDetector {
    const tape = new NumberTape(state);
    const detector = new AnomalyDetector();
    detector.load(tape);
    tape.end();
    return detector;
  }

  /** @throws RangeError where it is no state, or of another version */
  load(tape: NumberTape): void {
    const version = tape.read();
    if (version !== STATE_VERSION) throw new RangeError(`expected a state of version ${STATE_VERSION}, got ${version}`);
    this.#known = tape.read();
    this.#seen = tape.read();
    this.#stepMs = tape.read();
    this.#at = tape.readTime();
    tape.readInto(this.#latest);
    for (const part of [this.#incident, ...this.#novelties, this.#usual, this.#distance]) part.load(tape);
  }

  /** How the clock went on since the value before: after a gap shapes begin anew. */
  #walkTo(t: number): void {
    const stepMs = t - this.#at;
    this.#at = t;
    if (this.#seen === 0 || stepMs <= 0) return;
    if (this.#stepMs === 0) this.#stepMs = stepMs;
    else {
      if (stepMs > GAP_STEPS * this.#stepMs) this.#known = 0;
      this.#stepMs += STEP_WEIGHT * (Math.min(stepMs, 4 * this.#stepMs) - this.#stepMs);
    }
  }

  #farOff(value: number, expected: Expectation | null): number {
    if (expected === null) return 0;
    const distance = Math.abs(value - expected.value);
    const spreads = expected.spread > 0 ? distance / expected.spread : distance > 0 ? FAR : 0;
    const decades = this.#distance.decades(spreads);
    this.#distance.add(spreads);
    return decades;
  }
}
