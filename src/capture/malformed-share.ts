/** Pictures over which the share is smoothed. */
const MEMORY = 100;
/** Pictures before which it says little. */
const LEAST = 10;
const MUCH = 0.1;
const LITTLE = 0.02;

/** How many of the newest pictures could not be understood, whatever their rate. */
export class MalformedShare {
  #pictures = 0;
  #share = 0;
  #many = false;

  /** 0..1; null before there were a few. */
  get share(): number | null {
    return this.#pictures < LEAST ? null : this.#share;
  }

  /** More than a tenth are malformed; then until they are fewer than a fiftieth. */
  get many(): boolean {
    return this.#many;
  }

  /** Another picture came. */
  add(malformed: boolean): void {
    this.#pictures++;
    this.#share += (Number(malformed) - this.#share) / Math.min(this.#pictures, MEMORY);
    this.#many = (this.share ?? 0) > (this.#many ? LITTLE : MUCH);
  }
}
