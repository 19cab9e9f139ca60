/** Reasons that one outage is told with, at most: a camera that is away for a week must not fill the disk. */
const MOST_TOLD = 5;

/** Decides which losses of a camera are told: the first of an outage, then each reason that was not told before. */
export class Outage {
  readonly #told = new Set<string>();

  /**
   * A reader failed, perhaps again.
   * @returns whether that begins an outage, has another reason than those told, or is nothing new
   */
  lost(reason: string): 'begins' | 'changed' | 'goes on' {
    const begins = this.#told.size === 0;
    // how long was waited, and where in memory ffmpeg keeps what it complains about, differ each time
    const kind = reason.replace(/\d+(?= ms\b)|0x[0-9a-f]+/g, '');
    if (this.#told.has(kind) || this.#told.size >= MOST_TOLD) return 'goes on';
    this.#told.add(kind);
    return begins ? 'begins' : 'changed';
  }

  /** A frame came. */
  over(): void {
    this.#told.clear();
  }
}
