import { randomUUID } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Files here are memory; anywhere else every picture would wear a memory card. */
const MEMORY = '/dev/shm';
/** Requests that may lie in the file at a time; a worker seldom has more than two. */
const PLACES = 4;
/** A batch larger than this goes through the stream: containers often have 64 MiB of such memory in all. */
const LARGEST = 8 << 20;

/** Where the pictures of one request lie, until `free` is called. */
export interface FileSlot {
  /** Byte offset in the file. */
  readonly at: number;
  free(): void;
}

/**
 * Memory that this process and a worker both hold open as a file. Through a stream a picture goes in pieces, of which the
 * worker waits for each; written here it is there as a whole, and the stream carries only where.
 */
export class PictureFile {
  readonly fd: number;
  readonly #free = Array.from({ length: PLACES }, (_, place) => place);
  #isFull = false;
  #isClosed = false;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** It has no name and goes away with the last process that has it open. @returns null where there is no such memory */
  static create(folder = MEMORY): PictureFile | null {
    const path = join(folder, `edge-optimizer-${randomUUID()}`);
    try {
      const fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return new PictureFile(fd);
    } catch {
      return null;
    }
  }

  /** @returns null where the pictures have no place here: they are to go through the stream */
  put(pictures: readonly Uint8Array[]): FileSlot | null {
    const bytes = pictures.reduce((sum, { length }) => sum + length, 0);
    const hasRoom = !this.#isFull && !this.#isClosed && bytes <= LARGEST;
    const place = hasRoom ? this.#free.pop() : undefined;
    if (place === undefined) return null;
    const at = place * LARGEST;
    try {
      this.#write(pictures, at);
    } catch {
      // no memory left: whatever came between, the stream needs none
      this.#isFull = true;
      return null;
    }
    return { at, free: () => void this.#free.push(place) };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.fd);
  }

  #write(pictures: readonly Uint8Array[], from: number): void {
    let at = from;
    for (const picture of pictures) {
      for (let written = 0; written < picture.length; ) {
        written += writeSync(this.fd, picture, written, picture.length - written, at + written);
      }
      at += picture.length;
    }
  }
}
