const SLACK_MS = 1000;

/** Keys that something holds for during a while after it was last added; a clock that is set back does not make that longer. */
export class RecentKeys {
  readonly #forMs: number;
  readonly #mostKeys: number;
  readonly #until = new Map<string, number>();

  /**
   * @param forMs how long it holds for a key that was added; up to a second less for one that is added while it holds
   * @param mostKeys beyond, the key that came first goes
   */
  constructor(forMs: number, mostKeys = 1000) {
    this.#forMs = forMs;
    this.#mostKeys = mostKeys;
  }

  /** @param now ms on the clock of `add` */
  has(key: string, now: number): boolean {
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (this.#holds(until, now)) return true;
    this.#until.delete(key);
    return false;
  }

  /** @param now ms */
  add(key: string, now: number): void {
    const before = this.#until.get(key);
    // an address that is asked for all the time is put in its place once in a while
    if (before !== undefined && this.#holds(before, now) && now + this.#forMs - before < SLACK_MS) return;
    this.#until.delete(key);
    this.#until.set(key, now + this.#forMs);
    if (this.#until.size > this.#mostKeys) this.#until.delete(this.#until.keys().next().value!);
  }

  delete(key: string): void {
    this.#until.delete(key);
  }

  #holds(until: number, now: number): boolean {
    return now < until && until <= now + this.#forMs;
  }
}

/** ms for which a refresh that failed is not tried again. */
const REFRESH_PAUSE_MS = 1000;
const MOST_FAILED = 10_000;

/** The keys whose refresh failed a moment ago, whichever tier their old values come from. */
export const failedRefreshes = (): RecentKeys => new RecentKeys(REFRESH_PAUSE_MS, MOST_FAILED);
