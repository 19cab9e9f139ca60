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
  /** The newest numbers used up by what the device told others; absent: none. */
  readonly elsewhere?: readonly number[];
}

/** Gaps of one connection that are told apart. */
const MOST_RANGES = 200;
/** As many alerts as a program clears at its start. */
const MOST_UNNAMED = 256;
/** Fewer than ranges: each of them is a gap among what is heard. */
const MOST_ELSEWHERE = 100;

/** Checks `seq`: 0 in a birth, then +1 a message over all topics. What is missing was lost on its way, or in the device. */
export class SeqCheck {
  readonly #heard: NumberSet;
  #first: number | null;
  #last: number | null;
  readonly #unnamed: number[];
  /** Not among those heard: whoever else told of one must not make the device's own message with it a double. */
  readonly #elsewhere: number[];

  constructor(state: SeqCheckState | null = null) {
    this.#heard = new NumberSet(state?.ranges, MOST_RANGES, state?.forgotten);
    this.#first = state?.first ?? null;
    this.#last = state?.last ?? null;
    this.#unnamed = [...(state?.unnamed ?? [])];
    this.#elsewhere = [...(state?.elsewhere ?? [])];
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

  /** The device used up a number with a message to others than this receiver. @returns false where that is known */
  takeElsewhere(seq: number): boolean {
    if (this.#elsewhere.includes(seq) || this.#heard.has(seq)) return false;
    this.#elsewhere.push(seq);
    // long enough ago: no message with it is on its way any more
    if (this.#elsewhere.length > MOST_ELSEWHERE) this.#heard.add(this.#elsewhere.shift()!);
    return true;
  }

  /** Whether a number between those that came never did. */
  misses(seq: number): boolean {
    return this.#first !== null && seq >= this.#first && seq < this.#heard.highest! && !this.#heard.has(seq);
  }

  /** A message that does not say its number was overtaken: the lowest that is missing is its. @returns false where none is */
  takeMissing(): boolean {
    const [gap] = this.#first === null ? [] : this.#heard.missing(this.#first, this.#heard.highest!);
    return gap !== undefined && this.#heard.add(gap[0]);
  }

  /** How many numbers up to the highest never came. */
  get missing(): number {
    const highest = this.#heard.highest;
    const first = this.#first;
    if (first === null || highest === null) return 0;
    // without a gap there is nothing to look for, and that is how it mostly is
    if (this.#heard.ranges.length === 1) return this.#heard.forgotten;
    const elsewhere = this.#elsewhere.filter((seq) => seq > first && seq < highest && !this.#heard.has(seq)).length;
    return countIn(this.#heard.missing(first, highest)) + this.#heard.forgotten - elsewhere;
  }

  /** The lowest number that came; null before the first. */
  get first(): number | null {
    return this.#first;
  }

  /** Different messages that came. */
  get heard(): number {
    return this.#heard.size;
  }

  /** What must be known to go on after a restart. */
  kept(): SeqCheckState {
    const { ranges, forgotten } = this.#heard;
    return {
      first: this.#first,
      ranges,
      forgotten,
      last: this.#last,
      unnamed: [...this.#unnamed],
      ...(this.#elsewhere.length > 0 && { elsewhere: [...this.#elsewhere] }),
    };
  }
}
