/** How far the tables are off for a picture of a camera that nothing is known of: standard deviation of the logarithm. */
const UNKNOWN = 0.12;
/** The least part that a new error has: after a change of light or view the last ten pictures count. */
const LEAST_GAIN = 0.1;
/** No errors are so small for long that nothing need be left for them. */
const LEAST_SPREAD = 0.02;

/** What is learned of the error of a forecast, in natural logarithms: by how much it is off, and by how much that varies. */
export class Correction {
  /** To be added to the forecast. */
  offset = 0;
  /** Errors it was learned from. */
  count = 0;
  #variance: number = UNKNOWN ** 2;

  /** Standard deviation of what the corrected forecast is off by. */
  get spread(): number {
    return Math.max(LEAST_SPREAD, Math.sqrt(this.#variance));
  }

  /** @param error what was found minus the forecast without correction; anything but a finite number is no news */
  learn(error: number): void {
    if (!Number.isFinite(error)) return;
    const off = error - this.offset;
    this.count++;
    const gain = Math.max(LEAST_GAIN, 1 / (this.count + 0.25));
    this.offset += gain * off;
    // the first error is that of the tables, which says little of the next
    const varianceGain = this.count === 1 ? 0.5 : Math.max(LEAST_GAIN, 1 / (this.count + 1));
    this.#variance +=
      varianceGain * (this.count === 1 ? (UNKNOWN / 2) ** 2 - this.#variance : off * off - this.#variance);
  }
}
