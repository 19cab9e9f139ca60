import { readSync, writeSync } from 'node:fs';

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Blocking reads and writes on a file descriptor: a worker has nothing else to do while it waits, and this way it
 * answers without a turn of the event loop or a copy.
 */
export class BlockingStream {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Fills `into[0, length)`. @returns false where the stream ended before */
  read(into: Uint8Array, length: number): boolean {
    for (let have = 0; have < length; ) {
      const got = this.#attempt(() => readSync(this.#fd, into, have, length - have, null));
      if (got === 0) return false;
      have += got;
    }
    return true;
  }

  /** Reads `length` bytes and throws them away. @returns false where the stream ended before */
  skip(length: number): boolean {
    const scratch = Buffer.allocUnsafe(Math.min(length, 1 << 16));
    for (let left = length; left > 0; left -= Math.min(left, scratch.length)) {
      if (!this.read(scratch, Math.min(left, scratch.length))) return false;
    }
    return true;
  }

  /** Writes `from[0, length)`. @returns false where nobody reads any more */
  write(from: Uint8Array, length: number): boolean {
    for (let written = 0; written < length; ) {
      const sent = this.#attempt(() => writeSync(this.#fd, from, written, length - written));
      if (sent === 0) return false;
      written += sent;
    }
    return true;
  }

  /** 0 where the other side is gone. A descriptor that somebody made non-blocking says "not now" instead of waiting. */
  #attempt(transfer: () => number): number {
    for (;;) {
      try {
        return transfer();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ECONNRESET' || code === 'EPIPE') return 0;
        if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
        if (code === 'EAGAIN') Atomics.wait(pause, 0, 0, 1);
      }
    }
  }
}
