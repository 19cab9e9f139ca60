/** Keys that are remembered; beyond, the one that came first goes. */
const MOST_KEYS = 1000;
const SLACK_MS = 1000;

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

  /** @param until ms; may end up to a second earlier where the key was added just before */
  add(key: string, until: number): void {
    const before = this.#until.get(key);
    // an address that is asked for all the time is put in its place once in a while
    if (before !== undefined && until - before < SLACK_MS) return;
    this.#until.delete(key);
    this.#until.set(key, until);
    if (this.#until.size > MOST_KEYS) this.#until.delete(this.#until.keys().next().value!);
  }

  delete(key: string): void {
    this.#until.delete(key);
  }
}
