/** No two looks lie so far apart while the clock goes evenly. */
const LEAP_MS = 3_600_000;
/** So long may it take until somebody sets a clock back that leapt. */
const AFTER_LEAP_MS = 86_400_000;
/** Where nothing says that it leapt while the program did not run: a time server is asked within minutes of a start. */
const AFTER_START_MS = 3_600_000;
/** What is stored has no older end than this unless the device was off, or the clock leapt. */
const OFF_MS = 86_400_000;

/**
 * Whether a clock may be believed where it calls something too old. One that leaps forward once, for a bad battery or a wrong
 * time server, would have all deleted that is kept by age: so nothing is before a day has passed evenly since the leap, and
 * after a start an hour.
 */
export class AgeClock {
  readonly #newest: number | null;
  #last: number | null = null;
  #holdMs = AFTER_START_MS;

  /** @param newest Unix ms of the newest that is stored; null where nothing is */
  constructor(newest: number | null) {
    this.#newest = newest;
  }

  /** To be asked at least once a minute. @param now Unix ms */
  believes(now: number): boolean {
    const isFirst = this.#last === null;
    const passed = now - (this.#last ?? this.#newest ?? now);
    this.#last = now;
    if (passed > (isFirst ? OFF_MS : LEAP_MS)) this.#holdMs = AFTER_LEAP_MS;
    // a clock that is set back was not believed, or makes nothing older
    else if (!isFirst && passed > 0) this.#holdMs = Math.max(0, this.#holdMs - passed);
    return this.#holdMs === 0;
  }
}
