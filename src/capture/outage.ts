/** Reasons that one outage is told with, at most: a camera that is away for a week must not fill the disk. */
const MOST_TOLD = 5;

/** Outages in a row that are told, of a camera that never shows pictures for longer than this, in ms. */
const MOST_IN_A_ROW = 5;
const HELD_MS = 60_000;

/**
 * Decides which losses of a camera are told: the first of an outage, then each reason that was not told before; of one that
 * is lost every few seconds only the first few.
 */
export class Outage {
  readonly #told = new Set<string>();
  /** Outages since it last held. */
  #inARow = 0;

  /**
   * A reader failed, perhaps again.
   * @param heldMs how long pictures had come, null where none had
   * @returns whether that begins an outage, is the last one told of many, has another reason than those told, or is nothing new
   */
  lost(reason: string, heldMs: number | null = null): 'begins' | 'flaps' | 'changed' | 'goes on' {
    if (heldMs !== null && heldMs >= HELD_MS) this.#inARow = 0;
    const begins = this.#told.size === 0;
    if (begins) this.#inARow++;
    const how = this.#tell(reason, begins);
    return this.#inARow > MOST_IN_A_ROW ? 'goes on' : how;
  }

  /** A frame came. @returns whether to tell: its loss was told, and not as one of many */
  over(): boolean {
    this.#told.clear();
    return this.#inARow < MOST_IN_A_ROW;
  }

  #tell(reason: string, begins: boolean): 'begins' | 'flaps' | 'changed' | 'goes on' {
    // how long was waited, and where in memory ffmpeg keeps what it complains about, differ each time
    const kind = reason.replace(/\d+(?= ms\b)|0x[0-9a-f]+/g, '');
    if (this.#told.has(kind) || this.#told.size >= MOST_TOLD) return 'goes on';
    this.#told.add(kind);
    if (!begins) return 'changed';
    return this.#inARow === MOST_IN_A_ROW ? 'flaps' : 'begins';
  }
}
