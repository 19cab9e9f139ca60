/**
 * Chooses frames of a film of unknown length, evenly spread: all until `most` are kept, then every second, every fourth …
 * Between half of `most` and `most` are kept at any time.
 */
export class EvenSpread {
  readonly #most: number;
  #stride = 1;
  #seen = 0;
  #kept = 0;

  /** @param most frames kept at a time, at least 2 */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * What to do with the next frame. `thin`: first let go of every second kept frame (those at odd places); then ask
   * again.
   */
  next(): 'keep' | 'skip' | 'thin' {
    if (this.#seen % this.#stride !== 0) {
      this.#seen++;
      return 'skip';
    }
    if (this.#kept === this.#most) {
      this.#kept = Math.ceil(this.#kept / 2);
      this.#stride *= 2;
      return 'thin';
    }
    this.#seen++;
    this.#kept++;
    return 'keep';
  }
}

/** At most `most` of a list, evenly spread. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}
