/** How far the bytes of pictures are apart. */
export class ColourDistance {
  /** Bytes by how many levels they are apart. */
  readonly #counts = new Float64Array(256);
  #bytes = 0;

  add(a: Uint8Array, b: Uint8Array): void {
    for (let i = 0; i < a.length; i++) this.#counts[Math.abs(a[i]! - b[i]!)]!++;
    this.#bytes += a.length;
  }

  /** Share of the bytes that are at most so many levels apart. */
  within(levels: number): number {
    return this.#counts.slice(0, levels + 1).reduce((sum, count) => sum + count, 0) / this.#bytes;
  }

  get mean(): number {
    return this.#counts.reduce((sum, count, levels) => sum + count * levels, 0) / this.#bytes;
  }
}
