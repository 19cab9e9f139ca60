/** How many times as tall as a car a vehicle was, on average over its sightings: near ones, which are seen better, count for more. */
export class Tallness {
  #sum = 0;
  #weights = 0;
  #count = 0;

  /** @param times as tall as a car in its place @param height of its box: what it weighs */
  add(times: number, height: number): void {
    this.#sum += times * height;
    this.#weights += height;
    this.#count++;
  }

  /** What an earlier track of the vehicle was measured as counts too. */
  continueFrom(earlier: Tallness): void {
    this.#sum += earlier.#sum;
    this.#weights += earlier.#weights;
    this.#count += earlier.#count;
  }

  /** Sightings. */
  get count(): number {
    return this.#count;
  }

  /** null before the first. */
  get mean(): number | null {
    return this.#weights === 0 ? null : this.#sum / this.#weights;
  }
}
