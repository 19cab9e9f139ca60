/** °C that a board is held below the point where it holds itself back. */
const MARGIN = 2;
/** A point that was learnt is doubted again by so many °C a day: whatever made it lower may have gone. */
const RECOVERY_PER_DAY = 1;
const DAY_MS = 86_400_000;
const LOWEST = 40;
/** °C a minute by which the bound gives way while the board is held back below it: it is let go somewhat below the point where it began. */
const RELEASE_PER_MINUTE = 0.5;
const MOST_RELEASE = 4;

/** Where the board holds itself back by heat: as it says, or lower where it was seen to do so. */
export class ThrottlePoint {
  /** °C; null: never seen. */
  #seen: number | null = null;
  #told: number | null = null;
  #wasHeldBack = true;
  /** °C below the margin that it takes until the board is let go. */
  #release = 0;

  /** @param seconds since the last */
  update(told: number | null, temperature: number | null, isHeldBack: boolean, seconds: number): void {
    this.#told = told !== null && told > LOWEST && told < 150 ? told : null;
    if (this.#seen !== null) this.#seen += (RECOVERY_PER_DAY * Math.min(seconds, 3600) * 1000) / DAY_MS;
    if (this.#seen !== null && this.#told !== null && this.#seen >= this.#told) this.#seen = null;
    this.#giveWay(temperature, isHeldBack, seconds);
    const begins = isHeldBack && !this.#wasHeldBack;
    this.#wasHeldBack = isHeldBack;
    // only where it begins: a board that cools is held back a while longer, at temperatures that would have been fine
    if (!begins || temperature === null || temperature < LOWEST) return;
    if (this.#told !== null && temperature >= this.#told) return;
    if (this.#seen === null || temperature < this.#seen) this.#seen = temperature;
  }

  /** Goes somewhat lower while the board is held back though it is as cool as it was to be. */
  #giveWay(temperature: number | null, isHeldBack: boolean, seconds: number): void {
    if (!isHeldBack) this.#release = 0;
    const limit = this.limit(null);
    if (!isHeldBack || !this.#wasHeldBack || temperature === null || limit === null) return;
    if (temperature > limit + MARGIN) return;
    this.#release = Math.min(MOST_RELEASE, this.#release + (RELEASE_PER_MINUTE * Math.min(seconds, 60)) / 60);
  }

  /** °C at which it is expected to hold itself back; null: nothing tells. */
  get at(): number | null {
    return this.#seen ?? this.#told;
  }

  /** °C that no forecast may pass; null: no bound. */
  limit(maxTemperature: number | null): number | null {
    const held = this.at === null ? null : this.at - MARGIN - this.#release;
    if (held === null || maxTemperature === null) return held ?? maxTemperature;
    return Math.min(held, maxTemperature);
  }

  get seen(): number | null {
    return this.#seen;
  }

  restore(seen: number | null): void {
    this.#seen = seen;
  }
}
