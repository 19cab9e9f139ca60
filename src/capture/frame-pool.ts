/**
 * Pixel buffers that are used again, so that a camera allocates nothing once it runs. Holds buffers of one size: when
 * the picture's size changes, those of the old size are left to the garbage collector.
 */
export class FramePool {
  #maxBuffers: number;
  #free: Uint8Array[] = [];
  #bytes = 0;

  /** @param maxBuffers most buffers kept for later; more may be out at the same time */
  constructor(maxBuffers: number) {
    this.#maxBuffers = maxBuffers;
  }

  /** A buffer of exactly `bytes` bytes, with whatever it held before. */
  take(bytes: number): Uint8Array {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#free.length = 0;
    }
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Returns a buffer that nobody reads any more. */
  give(buffer: Uint8Array): void {
    if (buffer.byteLength === this.#bytes && this.#free.length < this.#maxBuffers) this.#free.push(buffer);
  }
}
