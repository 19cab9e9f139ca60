/** Numbers that look like chance and are the same each time (a 32-bit mix of a counter, as MurmurHash3 ends). */
export class Seeded {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** @returns a whole number of 0 to `below` - 1 */
  below(below: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  }

  /** Few of them come often, most seldom, as with cameras, plates and entities. */
  skewed(below: number): number {
    return Math.floor(below * (this.below(1_000_000) / 1_000_000) ** 2);
  }
}
