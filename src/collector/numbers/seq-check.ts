import { countIn, NumberSet } from './number-set.js';

/** What is known of the numbers of one birth, as it is kept over restarts. */
export interface SeqCheckState {
  /** The lowest number that is expected; null before the first. */
  readonly first: number | null;
  readonly ranges: readonly (readonly [number, number])[];
  readonly forgotten: number;
  /** The one that came last; null before the first. */
  readonly last: number | null;
  /** The newest numbers of messages that did not say theirs. */
  readonly unnamed: readonly number[];
}

/** Gaps of one connection that are told apart. */
const MOST_RANGES = 200;
const MOST_UNNAMED = 50;

/** Checks `seq`: 0 in a birth, then +1 a message over all topics. What is missing was lost on its way, or in the device. */
export class SeqCheck {
  readonly #heard: NumberSet;
  #first: number | null;
  #last: number | null;
  readonly #unnamed: number[];

  constructor(state: SeqCheckState | null = null) {
    this.#heard = new NumberSet(state?.ranges, MOST_RANGES, state?.forgotten);
    this.#first = state?.first ?? null;
    this.#last = state?.last ?? null;
    this.#unnamed = [...(state?.unnamed ?? [])];
  }

  /** @returns false for a double */
  take(seq: number): boolean {
    this.#first = Math.min(this.#first ?? seq, seq);
    this.#last = seq;
    return this.#heard.add(seq);
  }

  /**
   * A message came that used up a number without saying it, one that clears an alert: that behind the message before, or where that
   * number is another one's, the next.
   *
   * @returns false for a double
   */
  takeUnnamed(): boolean {
    if (this.#last === null) return true;
    const next = this.#last + 1;
    if (this.#unnamed.includes(next)) {
      this.#last = next;
      return false;
    }
    const seq = this.#heard.has(next) ? this.#heard.highest! + 1 : next;
    this.#unnamed.push(seq);
    if (this.#unnamed.length > MOST_UNNAMED) this.#unnamed.shift();
    return this.take(seq);
  }

  /** How many numbers up to the highest never came. */
  get missing(): number {
    const highest = this.#heard.highest;
    if (this.#first === null || highest === null) return 0;
    return countIn(this.#heard.missing(this.#first, highest)) + this.#heard.forgotten;
  }

  /** Different messages that came. */
  get heard(): number {
    return this.#heard.size;
  }

  /** What must be known to go on after a restart. */
  kept(): SeqCheckState {
    const { ranges, forgotten } = this.#heard;
    return { first: this.#first, ranges, forgotten, last: this.#last, unnamed: [...this.#unnamed] };
  }
}
