/** Older measurements weigh half after so much time in which something was to be sent, ms. */
const HALF_LIFE_MS = 20_000;
/** So much is sent between two looks for what goes first, s; within these bytes. */
const PIECE_S = 0.5;
const [LEAST_PIECE, MOST_PIECE] = [2000, 65_536];

/** How many bytes a second an uplink carries while something waits to be sent: an outage counts, an idle link tells nothing. */
export class UplinkRate {
  #bytes = 0;
  #ms = 0;

  /** @param bytes that went through in a time in which something waited all along @param ms > 0 */
  carried(bytes: number, ms: number): void {
    if (!(ms > 0)) return;
    const kept = 0.5 ** (ms / HALF_LIFE_MS);
    // a long time is older in its beginning than at its end: an outage of an hour weighs no more than the last minute of it
    const weight = (1 - kept) / ((ms * Math.LN2) / HALF_LIFE_MS);
    this.#bytes = this.#bytes * kept + bytes * weight;
    this.#ms = this.#ms * kept + ms * weight;
  }

  /** Bytes a second; null before anything was measured. */
  get bytesPerS(): number | null {
    return this.#ms === 0 ? null : (this.#bytes / this.#ms) * 1000;
  }

  /** Bytes that are sent at once before there is another look for what goes first: of half a second. */
  get pieceBytes(): number {
    return Math.round(Math.min(MOST_PIECE, Math.max(LEAST_PIECE, (this.bytesPerS ?? 0) * PIECE_S)));
  }
}
