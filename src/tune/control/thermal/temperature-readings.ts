/** °C outside which a reading is a sentinel (an unpowered zone's −256) or a broken wire. */
const COLDEST = -45;
const HOTTEST = 150;
/** °C a second that no board changes by. */
const FASTEST = 5;
const LEAST_JUMP = 12;
/** The very same value for so long, while it should have moved, is a sensor that hangs. */
const STUCK_MS = 600_000;
const SHOULD_HAVE_MOVED = 3;

/** Tells temperatures from what sensors say when they have none: sentinels, single jumps, a value that hangs. */
export class TemperatureReadings {
  #last: number | null = null;
  #lastAt = 0;
  #doubted: number | null = null;
  #sameSince = 0;
  #heatedThen = 0;
  #isStuck = false;

  /** Whether the sensor hangs. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /**
   * @param reading as it came
   * @param heated °C that the board's power makes, null where nobody knows
   * @returns null where it is none
   */
  read(reading: number | null, heated: number | null, now: number): number | null {
    if (reading === null || !Number.isFinite(reading) || reading < COLDEST || reading > HOTTEST) return null;
    if (this.#last === null || now < this.#lastAt) return this.#take(reading, heated, now);
    const possible = Math.max(LEAST_JUMP, (FASTEST * (now - this.#lastAt)) / 1000);
    const isJump = Math.abs(reading - this.#last) > possible;
    const isConfirmed = this.#doubted !== null && Math.abs(reading - this.#doubted) <= LEAST_JUMP;
    if (isJump && !isConfirmed) {
      this.#doubted = reading;
      return null;
    }
    return this.#take(reading, heated, now);
  }

  #take(reading: number, heated: number | null, now: number): number | null {
    this.#doubted = null;
    if (reading !== this.#last || heated === null || now < this.#lastAt) {
      this.#sameSince = now;
      this.#heatedThen = heated ?? 0;
      this.#isStuck = false;
    } else if (now - this.#sameSince >= STUCK_MS && Math.abs(heated - this.#heatedThen) >= SHOULD_HAVE_MOVED) {
      this.#isStuck = true;
    }
    this.#last = reading;
    this.#lastAt = now;
    return this.#isStuck ? null : reading;
  }
}
