/** Which of several has the say: the first that joined and did not leave, or one for the time when there is none. */
export class Oldest<T> {
  readonly #alone: T;
  readonly #joined: T[] = [];

  /** @param alone has the say while none has joined */
  constructor(alone: T) {
    this.#alone = alone;
  }

  get current(): T {
    return this.#joined[0] ?? this.#alone;
  }

  /** Whether none has joined. */
  get isAlone(): boolean {
    return this.#joined.length === 0;
  }

  /** @returns what makes it leave; a second call does nothing */
  join(one: T): () => void {
    this.#joined.push(one);
    return () => {
      const place = this.#joined.indexOf(one);
      if (place >= 0) this.#joined.splice(place, 1);
    };
  }
}
