import type { NumberTape } from './number-tape.js';

/** The tail are magnitudes above what this share of all stays below. */
const SHARE_BELOW = 0.95;
const DECADES_AT_TAIL = -Math.log10(1 - SHARE_BELOW);
/** So many magnitudes are kept to find where the tail begins at first. */
const FIRST = 50;
/** Mean logarithm of how far a magnitude of the tail exceeds its beginning, as it is of a normal distribution, ... */
const PRIOR_EXCESS = 0.25;
/** ... believed like so many magnitudes seen: the tail of 800 in all. */
const PRIOR_WEIGHT = 40;
/** An excess counts up to a factor of e to the power of this. */
const MOST_EXCESS = 10;
/** The step by which the beginning of the tail follows, as a share of it, falls to this. */
const LEAST_STEP = 0.005;
/** The tail begins no lower than this share of the largest magnitude. */
const LEAST_SHARE = 1e-9;
/** ... and not at 0, also as a 32-bit number. */
const LEAST = 1e-30;

/**
 * How rare a magnitude is among those before it, in decades: 2 is one in a hundred. Beyond where the tail begins magnitudes
 * are taken to fall off as a power law, whose exponent is that of what was seen (Hill's estimator): so it can say of something ten
 * times larger than all before how much rarer it is, of light and of heavy tails, and whatever the unit. O(1) memory.
 */
export class TailRarity {
  #seen = 0;
  readonly #first = new Float64Array(FIRST);
  #beginning = 0;
  #largest = 0;
  #excess = 0;
  #exceeded = 0;

  /** 0 for the first 50 magnitudes. */
  decades(magnitude: number): number {
    if (this.#seen < FIRST || !(magnitude > 0)) return 0;
    const share = magnitude / this.#beginning;
    if (share <= 1) return DECADES_AT_TAIL * share;
    const exponent = (this.#exceeded + PRIOR_WEIGHT) / (this.#excess + PRIOR_WEIGHT * PRIOR_EXCESS);
    return DECADES_AT_TAIL + Math.log10(share) * exponent;
  }

  /** Whether it is as rare as one in twenty. */
  isInTail(magnitude: number): boolean {
    return this.#seen >= FIRST && magnitude > this.#beginning;
  }

  /** @param magnitude 0 or more */
  add(magnitude: number): void {
    this.#largest = Math.max(this.#largest, magnitude);
    if (this.#seen < FIRST) {
      this.#first[this.#seen++] = magnitude;
      if (this.#seen === FIRST) this.#begin();
      return;
    }
    this.#seen++;
    this.#count(magnitude);
    const step = Math.max(LEAST_STEP, 0.5 / Math.sqrt(this.#seen));
    // the quantile that as many exceed as should, found by going up and down in that proportion
    const direction = magnitude > this.#beginning ? SHARE_BELOW : SHARE_BELOW - 1;
    this.#moveTo(this.#beginning * Math.exp(step * direction));
  }

  save(tape: NumberTape): void {
    tape.write(this.#seen, this.#beginning, this.#largest, this.#excess, this.#exceeded);
    if (this.#seen < FIRST) tape.writeAll(this.#first.subarray(0, this.#seen));
  }

  load(tape: NumberTape): void {
    this.#seen = tape.read();
    this.#beginning = tape.read();
    this.#largest = tape.read();
    this.#excess = tape.read();
    this.#exceeded = tape.read();
    if (this.#seen < FIRST) tape.readInto(this.#first.subarray(0, this.#seen));
  }

  #begin(): void {
    const sorted = this.#first.slice().sort();
    this.#moveTo(sorted[Math.floor(SHARE_BELOW * FIRST)]!);
    for (const magnitude of this.#first) this.#count(magnitude);
  }

  #moveTo(beginning: number): void {
    this.#beginning = Math.max(beginning, LEAST_SHARE * this.#largest, LEAST);
  }

  #count(magnitude: number): void {
    if (magnitude <= this.#beginning) return;
    this.#excess += Math.min(Math.log(magnitude / this.#beginning), MOST_EXCESS);
    this.#exceeded++;
  }
}
