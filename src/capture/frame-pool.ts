import { kernels } from '../kernels/kernels.js';

/** Bytes in front of each buffer that are its own: a reader's marker of the picture lands there. */
export const ROOM_BEFORE = 64;

/**
 * Pixel buffers that are used again, so that a camera allocates nothing once it runs. They lie in the memory of the kernels as long
 * as there is room. Holds buffers of one size: when the picture's size changes, those of the old size are let go.
 */
export class FramePool {
  #maxBuffers: number;
  #free: Uint8Array[] = [];
  #bytes = 0;

  /** @param maxBuffers most buffers kept for later; more may be out at the same time */
  constructor(maxBuffers: number) {
    this.#maxBuffers = maxBuffers;
  }

  /** A buffer of exactly `bytes` bytes, with whatever it held before, and `ROOM_BEFORE` it. */
  take(bytes: number): Uint8Array {
    if (bytes !== this.#bytes) this.drain();
    this.#bytes = bytes;
    return this.#free.pop() ?? allocate(bytes);
  }

  /** Returns a buffer that nobody reads any more. */
  give(buffer: Uint8Array): void {
    if (buffer.byteLength === this.#bytes && this.#free.length < this.#maxBuffers) this.#free.push(buffer);
    else free(buffer);
  }

  /** Lets go of what it keeps, and of what is out as soon as that comes back, until something is taken again. */
  drain(): void {
    for (const buffer of this.#free.splice(0)) free(buffer);
    this.#bytes = 0;
  }
}

function allocate(bytes: number): Uint8Array {
  const block = kernels().compiled?.memory.allocate(bytes + ROOM_BEFORE) ?? null;
  return (block ?? Buffer.allocUnsafeSlow(bytes + ROOM_BEFORE)).subarray(ROOM_BEFORE);
}

function free(buffer: Uint8Array): void {
  const memory = kernels().compiled?.memory;
  if (!memory || memory.addressOf(buffer) === null) return;
  memory.free(new Uint8Array(buffer.buffer, buffer.byteOffset - ROOM_BEFORE, ROOM_BEFORE));
}
