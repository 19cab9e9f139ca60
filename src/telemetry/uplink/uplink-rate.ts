/** Older measurements weigh half after so much time in which something was to be sent, ms. */
const HALF_LIFE_MS = 20_000;

/** How many bytes a second an uplink carries while something waits to be sent: an outage counts, an idle link tells nothing. */
export class UplinkRate {
  #bytes = 0;
  #ms = 0;

  /** @param bytes that went through in a time in which something waited all along @param ms > 0 */
  carried(bytes: number, ms: number): void {
    if (!(ms > 0)) return;
    const kept = 0.5 ** (ms / HALF_LIFE_MS);
    this.#bytes = this.#bytes * kept + bytes;
    this.#ms = this.#ms * kept + ms;
  }

  /** Bytes a second; null before anything was measured. */
  get bytesPerS(): number | null {
    return this.#ms === 0 ? null : (this.#bytes / this.#ms) * 1000;
  }
}
