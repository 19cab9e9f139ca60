/** What one box scatters about the plane by, of its own length. */
const SCATTER = 0.12;
/** What is not known of the plane before anything was seen (standard deviation, picture widths): a picture full of one vehicle. */
const UNKNOWN = 1;
/** Further off than so many standard deviations, a box counts as one at that distance (Huber). */
const OUTLYING = 2;
/** Each box makes what was known before this much less sure. */
const FORGETTING = 1.01;

/**
 * How long one side of a vehicle's box is by where the box is in the picture: a plane, as perspective makes it for vehicles on a
 * flat road, whichever way the camera looks. Three numbers, learned box by box by recursive least squares of the relative error.
 *
 * Places: of the middle, 0 in the middle of the picture, in picture widths. Lengths: in picture widths.
 */
export class SizePlane {
  #level = 0;
  #across = 0;
  #down = 0;
  /** Covariance of the three: upper triangle. */
  #ll = UNKNOWN ** 2;
  #la = 0;
  #ld = 0;
  #aa = UNKNOWN ** 2;
  #ad = 0;
  #dd = UNKNOWN ** 2;

  at(x: number, y: number): number {
    return this.#level + this.#across * x + this.#down * y;
  }

  /** Standard deviation of `at`. */
  doubtAt(x: number, y: number): number {
    return Math.sqrt(
      this.#ll + x * (2 * this.#la + x * this.#aa + 2 * y * this.#ad) + y * (2 * this.#ld + y * this.#dd),
    );
  }

  learn(x: number, y: number, length: number): void {
    const level = this.#ll + this.#la * x + this.#ld * y;
    const across = this.#la + this.#aa * x + this.#ad * y;
    const down = this.#ld + this.#ad * x + this.#dd * y;
    const total = level + across * x + down * y + (SCATTER * length) ** 2;
    const surprise = length - this.at(x, y);
    const most = OUTLYING * Math.sqrt(total);
    const weight = Math.min(1, most / Math.max(Math.abs(surprise), 1e-12)) / total;
    this.#level += weight * level * surprise;
    this.#across += weight * across * surprise;
    this.#down += weight * down * surprise;
    this.#ll -= weight * level * level;
    this.#la -= weight * level * across;
    this.#ld -= weight * level * down;
    this.#aa -= weight * across * across;
    this.#ad -= weight * across * down;
    this.#dd -= weight * down * down;
    this.#fade();
  }

  #fade(): void {
    if (Math.max(this.#ll, this.#aa, this.#dd) * FORGETTING > UNKNOWN ** 2) return;
    this.#ll *= FORGETTING;
    this.#la *= FORGETTING;
    this.#ld *= FORGETTING;
    this.#aa *= FORGETTING;
    this.#ad *= FORGETTING;
    this.#dd *= FORGETTING;
  }
}
