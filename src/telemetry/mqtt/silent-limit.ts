/** How large a birth may be: as a packet, in bytes; `fill` it up to that, to try the size. */
export interface BirthSize {
  readonly atMost: number;
  readonly fill: boolean;
}

/** What is known of the birth that was told last. */
export interface ToldBirth {
  /** Of the whole packet. */
  readonly bytes: number;
  /** Nothing can be left out of it any more. */
  readonly isShortest: boolean;
}

/** The search ends where what went through and what did not are so near, as a part of the first. */
const NEAR = 0.1;

/**
 * Finds out what a broker throws away that acknowledges everything (MQTT 3.1.1 has no other answer): its births are listened
 * to. One that is not heard is followed by shorter ones; once one was heard, the size between is tried, by halving, with births
 * that are filled up with blanks. Where not even the shortest is heard, it is not for its size.
 */
export class SilentLimit {
  #heard = 0;
  #unheard = Number.POSITIVE_INFINITY;
  #filling = false;
  #swallowsAll = false;

  /** The birth to be told next. */
  get size(): BirthSize {
    if (this.#unheard === Number.POSITIVE_INFINITY || this.#swallowsAll) {
      return { atMost: Number.POSITIVE_INFINITY, fill: false };
    }
    if (this.#heard === 0) return { atMost: this.#unheard - 1, fill: false };
    if (this.#filling) return { atMost: Math.floor((this.#heard + this.#unheard) / 2), fill: true };
    return { atMost: this.#heard, fill: false };
  }

  /** Bytes of the largest packet that went through and of the smallest that did not; null where no limit was found. */
  get found(): { readonly passes: number; readonly swallowed: number } | null {
    if (this.#heard === 0 || this.#unheard === Number.POSITIVE_INFINITY || this.#filling) return null;
    return { passes: this.#heard, swallowed: this.#unheard };
  }

  /** Whether not even the shortest birth was heard. */
  get swallowsAll(): boolean {
    return this.#swallowsAll;
  }

  /** A birth was heard. @returns whether another is to be told */
  heard({ bytes }: ToldBirth): boolean {
    this.#swallowsAll = false;
    if (bytes >= this.#unheard) this.#unheard = Number.POSITIVE_INFINITY;
    this.#heard = Math.max(this.#heard, bytes);
    return this.#search();
  }

  /** A birth that the broker acknowledged was not heard. @returns whether another is to be told */
  unheard({ bytes, isShortest }: ToldBirth): boolean {
    if (this.#swallowsAll) return false;
    // what once went through is thrown away for another reason
    if (bytes <= this.#heard) this.#heard = 0;
    this.#unheard = Math.min(this.#unheard, bytes);
    if (this.#heard > 0) return this.#search();
    this.#swallowsAll = isShortest;
    return true;
  }

  #search(): boolean {
    if (this.#unheard === Number.POSITIVE_INFINITY) return false;
    const wasFilling = this.#filling;
    this.#filling = this.#unheard - this.#heard > this.#heard * NEAR;
    // the last one has blanks in it: the one that stays is as it should be
    return this.#filling || wasFilling;
  }
}
