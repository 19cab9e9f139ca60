/** Keys that are remembered; beyond, the one that came first goes. */
const MOST_KEYS = 1000;

/** Keys that something holds for until a time. */
export class RecentKeys {
  readonly #until = new Map<string, number>();

  /** @param now ms on the clock of `add` */
  has(key: string, now: number): boolean {
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (now < until) return true;
    this.#until.delete(key);
    return false;
  }

  add(key: string, until: number): void {
    this.#until.delete(key);
    this.#until.set(key, until);
    if (this.#until.size > MOST_KEYS) this.#until.delete(this.#until.keys().next().value!);
  }

  delete(key: string): void {
    this.#until.delete(key);
  }
}
