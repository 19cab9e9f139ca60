const DAY_MS = 86_400_000;
/** Share of a day's bytes that may go at once, after quiet hours. */
const BURST = 0.1;

/**
 * Holds what is published to so many bytes in any 24 hours, as a bucket that fills evenly. What must be told always may, and
 * may leave the bucket with a debt; what may be left out asks first, and does not get the last of it where something more
 * important may come.
 */
export class DailyBudget {
  readonly #capacity: number;
  readonly #perMs: number;
  #left: number;
  #spent = 0;
  #overdrawn = 0;
  #at: number | null = null;

  /** @param bytes in 24 hours; 0: no bound */
  constructor(bytes: number) {
    this.#capacity = bytes === 0 ? Number.POSITIVE_INFINITY : bytes * BURST;
    // a full bucket and what flows in meanwhile are what 24 hours can see
    this.#perMs = (bytes * (1 - BURST)) / DAY_MS;
    this.#left = this.#capacity;
  }

  /** Bytes left; below 0 where more had to be told. */
  get left(): number {
    return this.#left;
  }

  /** Bytes that may go at once, after quiet hours; infinite without a bound. */
  get burst(): number {
    return this.#capacity;
  }

  /** Bytes that come in a second; 0 without a bound. */
  get bytesPerS(): number {
    return this.#perMs * 1000;
  }

  /** Bytes that had to be told and that no later hour pays for, so far: those beyond a debt of a day. */
  get overdrawn(): number {
    return this.#overdrawn;
  }

  /** Bytes of everything that was told so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Takes the bytes of what is told. @param now ms on a clock that only goes forward */
  spend(bytes: number, now: number): void {
    this.#fill(now);
    this.#spent += bytes;
    // a debt of a day is paid in a day: more is forgotten
    const left = this.#left - bytes;
    const most = -this.#capacity / BURST;
    this.#left = Math.max(left, most);
    this.#overdrawn += Math.max(0, most - left);
  }

  /** Counts bytes among what was told that another budget holds. */
  count(bytes: number): void {
    this.#spent += bytes;
  }

  /**
   * Whether there is room for bytes that need not be told.
   *
   * @param reserve share of a full bucket that is left for what is more important, 0..1
   */
  hasRoom(bytes: number, now: number, reserve: number): boolean {
    this.#fill(now);
    return this.#capacity === Number.POSITIVE_INFINITY || this.#left - bytes >= this.#capacity * reserve;
  }

  #fill(now: number): void {
    const sinceMs = this.#at === null ? 0 : Math.max(0, now - this.#at);
    this.#at = Math.max(now, this.#at ?? now);
    this.#left = Math.min(this.#capacity, this.#left + sinceMs * this.#perMs);
  }
}
