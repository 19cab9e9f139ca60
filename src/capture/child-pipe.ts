import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** What a pipe of Linux holds, and so the most that one read brings. */
const BUFFER_BYTES = 65_536;

/** Says where the next bytes of a stream go. */
export interface BytesTaker {
  /** Not empty. */
  room(): Uint8Array;
  /** So many bytes are in the last `room`. */
  filled(bytes: number): void;
  /** Takes bytes that lie elsewhere. */
  push(bytes: Uint8Array): void;
}

/**
 * One pipe of a child, read into one buffer again and again. The streams of `child_process` make a new buffer outside the
 * heap for each read; a camera's pictures are a thousand of them a second, which only full collections free.
 */
export class ChildPipe {
  #given: Readable;
  #stream: Readable;

  /** @param stream as `spawn` made it; nothing else may read it */
  constructor(stream: Readable) {
    this.#given = stream;
    this.#stream = stream;
  }

  /**
   * Begins to read; to be called once, in the turn of the loop in which the child was started.
   *
   * @param onBytes gets what was read; the bytes are overwritten after the call
   * @param onError the pipe broke
   */
  read(onBytes: (bytes: Uint8Array) => void, onError: () => void): void {
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    const buffered = this.#takeOver(
      () => buffer,
      (bytes) => onBytes(buffer.subarray(0, bytes)),
    );
    if (buffered === null) this.#given.on('data', onBytes);
    else this.#stream = buffered;
    this.#stream.on('error', onError);
  }

  /** As `read`, straight into where the bytes belong. */
  readInto(taker: BytesTaker, onError: () => void): void {
    const buffered = this.#takeOver(
      () => taker.room(),
      (bytes) => taker.filled(bytes),
    );
    if (buffered === null) this.#given.on('data', (bytes: Uint8Array) => taker.push(bytes));
    else this.#stream = buffered;
    this.#stream.on('error', onError);
  }

  /** Leaves further bytes in the pipe, so that the child has to wait; what was read already still arrives. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /**
   * Puts the pipe's handle into a socket that is told where to read to (`onread`, which `spawn` has no option for).
   * @returns null where this Node keeps the handle elsewhere, or bytes have come already
   */
  #takeOver(buffer: () => Uint8Array, onBytes: (bytes: number) => void): Socket | null {
    const given = this.#given as Readable & { _handle?: object | null };
    const handle = given._handle;
    if (!handle || given.readableLength > 0) return null;
    const callback = (bytes: number): boolean => {
      onBytes(bytes);
      return true;
    };
    given._handle = null;
    const socket = new Socket({ handle, onread: { buffer, callback }, writable: false } as never);
    // the child counts as closed when the streams that it was given are
    socket.once('close', () => given.destroy());
    return socket;
  }
}
