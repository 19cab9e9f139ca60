/** How many messages are due since the last look, at a steady pace until all were made. */
export class Pace {
  readonly #perSecond: number;
  readonly #messages: number;
  #due = 0;
  #before = performance.now();

  constructor({ perSecond, messages }: { readonly perSecond: number; readonly messages: number }) {
    this.#perSecond = perSecond;
    this.#messages = messages;
  }

  /** @param handed that were made so far  @param now ms on a clock that only goes forward */
  take(handed: number, now: number): number {
    this.#due = Math.min(this.#due + ((now - this.#before) * this.#perSecond) / 1000, this.#messages - handed);
    this.#before = now;
    const count = Math.floor(this.#due);
    this.#due -= count;
    return count;
  }
}
