/** A first-in, first-out list whose `shift` does not move the rest. */
export class FirstInFirstOut<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** null where it is empty. */
  get first(): T | null {
    return this.#items[this.#head] ?? null;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | null {
    const item = this.#items[this.#head];
    if (item === undefined) return null;
    this.#items[this.#head++] = undefined;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Empties it. @returns what was in it */
  takeAll(): T[] {
    const all = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    return all;
  }
}
