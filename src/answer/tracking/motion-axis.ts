/**
 * One coordinate of a vehicle over time: a Kalman filter of constant velocity whose position is known in two ways.
 *
 * An inference measures the position itself (`detect`), with the detector's jitter. The picture measures only how far the
 * vehicle has moved since its template was taken at that inference (`follow`): exact to a fraction of a pixel, but with
 * the jitter of that inference in it for as long as the template lives. So the error of the anchor (`#anchor`) is kept
 * apart from that of the movement since (`#position`): however many frames confirm the movement, the next inference
 * corrects the anchor as much as the first one would have.
 *
 * Units: pixels (or the logarithm of a size) and milliseconds.
 */
export class MotionAxis {
  value: number;
  /** Per ms. */
  velocity = 0;
  /** Variance of the anchor, of the movement since, their covariance with the velocity, and of the velocity. */
  #anchor: number;
  #position = 0;
  #coupling = 0;
  #speed: number;

  constructor(value: number, anchorVariance: number, speedVariance: number) {
    this.value = value;
    this.#anchor = anchorVariance;
    this.#speed = speedVariance;
  }

  /** Standard deviation of the movement since the last inference. */
  get drift(): number {
    return Math.sqrt(this.#position);
  }

  /** @param noise variance that the velocity gains per ms */
  predict(dtMs: number, noise: number): void {
    this.value += this.velocity * dtMs;
    this.#position += dtMs * (2 * this.#coupling + dtMs * (this.#speed + (noise * dtMs) / 3));
    this.#coupling += dtMs * (this.#speed + (noise * dtMs) / 2);
    this.#speed += noise * dtMs;
  }

  /** The picture shows where the template is now. */
  follow(measured: number, variance: number): void {
    const total = this.#position + variance;
    const gain = this.#position / total;
    const speedGain = this.#coupling / total;
    const surprise = measured - this.value;
    this.value += gain * surprise;
    this.velocity += speedGain * surprise;
    this.#speed -= speedGain * this.#coupling;
    this.#coupling *= 1 - gain;
    this.#position *= 1 - gain;
  }

  /** An inference says where it is; what comes then is movement since this one. */
  detect(measured: number, variance: number): void {
    const prior = this.#anchor + this.#position;
    const total = prior + variance;
    const gain = prior / total;
    const speedGain = this.#coupling / total;
    const surprise = measured - this.value;
    this.value += gain * surprise;
    this.velocity += speedGain * surprise;
    this.#speed -= speedGain * this.#coupling;
    this.#anchor = prior * (1 - gain);
    this.#position = 0;
    this.#coupling = 0;
  }

  /** An inference says where it is, and what was known does not compare with that: the velocity stays as it is. */
  restart(measured: number, variance: number): void {
    this.value = measured;
    this.#anchor = variance;
    this.#position = 0;
    this.#coupling = 0;
  }

  /** The camera moved: what was seen lies elsewhere now, and moves as before. */
  shift(by: number): void {
    this.value += by;
  }

  /** How it moves was seen of others. @param variance of that velocity */
  expect(velocity: number, variance: number): void {
    this.velocity = velocity;
    this.#speed = variance;
  }

  /** It stands still. */
  hold(): void {
    this.velocity = 0;
  }
}
