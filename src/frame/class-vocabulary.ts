import { classNamed } from './same-class.js';

/**
 * The class names of a device, by index: every result that it gives speaks of these, whichever model answers. It only
 * grows, so that an index means the same as long as the program runs; the first model's classes come first, in its order.
 */
export class ClassVocabulary {
  readonly #names: string[] = [];

  /** All names so far, as a list that does not change any more. */
  names(): readonly string[] {
    return [...this.#names];
  }

  /**
   * Takes in a model's classes. One that has another word for a thing that is here has its name here.
   *
   * @param classes names in the order of the model's own class indices
   * @returns the index here for each of them, or null where both are the same and nothing need be translated
   */
  adopt(classes: readonly string[]): Uint16Array | null {
    const indices = Uint16Array.from(classes, (name) => this.#indexOf(name, classes));
    return indices.every((index, own) => index === own) ? null : indices;
  }

  #indexOf(name: string, classes: readonly string[]): number {
    const exact = this.#names.indexOf(name);
    if (exact >= 0) return exact;
    const same = classNamed(name, this.#names);
    // a model that has both words means two things by them
    if (same >= 0 && !classes.includes(this.#names[same]!)) return same;
    return this.#names.push(name) - 1;
  }
}
