/**
 * Numbers the messages of a device so that loss shows: a message that was given up takes its number with it. What is
 * given up before the birth of a connection leaves its gap right after that birth, since the birth starts again at 0.
 */
export class Sequence {
  #next = 0;
  #lostBeforeBirth = 0;
  #born = false;

  /** No connection any more: numbers of lost messages are kept for the next birth. */
  connectionLost(): void {
    this.#born = false;
  }

  /** The number of a birth message: 0. */
  birth(): number {
    this.#next = 1 + this.#lostBeforeBirth;
    this.#lostBeforeBirth = 0;
    this.#born = true;
    return 0;
  }

  next(): number {
    return this.#next++;
  }

  lose(): void {
    if (this.#born) this.#next++;
    else this.#lostBeforeBirth++;
  }
}
