/** JPEG quality below which pictures show too little to be worth sending. */
const LEAST = 30;
/** By how much the logarithm of a picture's size grows with a step of quality: from 50 to 85 it doubles. */
const SIZE_PER_STEP = 0.022;
/** Share of the budget that is aimed at, and below which pictures may be better again. */
const AIM = 0.9;
const ROOM = 0.7;
const LEAST_STEP = 5;
/** ms until a change shows in bytes a day; better pictures wait longer. */
const REST_MS = 600_000;
const REST_BETTER_MS = 1_800_000;

/** Keeps the uplink inside its budget by the quality of pictures: worse at once by as much as is needed, better in small steps. */
export class PictureQuality {
  /** As configured; what it goes back to. */
  #configured: number | null = null;
  #movedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param quality where it stands, 10..100
   * @param bytesPerDay that the uplink would carry; null: nothing tells
   * @returns where it should stand
   */
  decide(quality: number, bytesPerDay: number | null, budget: number | null, now: number): number {
    this.#configured = Math.max(this.#configured ?? quality, quality);
    if (budget === null || !(budget > 0) || bytesPerDay === null || !(bytesPerDay >= 0)) return quality;
    const waited = now - this.#movedAt;
    if (bytesPerDay > budget && quality > LEAST && waited >= REST_MS) {
      const steps = Math.log(bytesPerDay / (AIM * budget)) / SIZE_PER_STEP;
      return this.#move(Math.max(LEAST, quality - Math.max(LEAST_STEP, Math.ceil(steps))), now);
    }
    if (bytesPerDay < ROOM * budget && quality < this.#configured && waited >= REST_BETTER_MS)
      return this.#move(Math.min(this.#configured, quality + LEAST_STEP), now);
    return quality;
  }

  #move(quality: number, now: number): number {
    this.#movedAt = now;
    return Math.round(quality);
  }
}
