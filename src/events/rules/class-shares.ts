/** Sum of the scores from which on a class is believed. */
const BELIEVED_FROM = 0.5;

/** What a vehicle was taken for, from sighting to sighting: by inferences only, weighed by score. */
export class ClassShares {
  readonly #scores = new Map<string, number>();
  #sum = 0;

  add(vehicleClass: string, score: number): void {
    this.#scores.set(vehicleClass, (this.#scores.get(vehicleClass) ?? 0) + score);
    this.#sum += score;
  }

  /** What an earlier track of the vehicle was taken for counts too. */
  continueFrom(earlier: ClassShares): void {
    for (const [vehicleClass, score] of earlier.#scores) {
      this.#scores.set(vehicleClass, (this.#scores.get(vehicleClass) ?? 0) + score);
    }
    this.#sum += earlier.#sum;
  }

  /** Share for the classes that `holds` says yes to, 0..1; null before it was seen well enough. */
  share(holds: (vehicleClass: string) => boolean): number | null {
    if (this.#sum < BELIEVED_FROM) return null;
    let sum = 0;
    for (const [vehicleClass, score] of this.#scores) if (holds(vehicleClass)) sum += score;
    return sum / this.#sum;
  }
}
