import { closeSync, readSync } from 'node:fs';
import { openKernelFile } from '../kernel-files.js';

/** Read into by everybody: what reads here does so in one go, on one thread. It grows to the largest file. */
let buffer = Buffer.allocUnsafe(16 * 1024);

/**
 * A file of /proc, or one of sysfs that answers from memory, opened once and read again and again from its beginning: some
 * microseconds. What may wait for a device is read by `SensorReader` instead.
 */
export class HeldFile {
  readonly #path: string;
  #fd: number | null = null;

  /** Opens nothing before `look`. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Opens the file that is there now. */
  look(): void {
    this.close();
    this.#fd = openKernelFile(this.#path);
  }

  /** Its text as it is now; null where it is not open or refuses. */
  read(): string | null {
    if (this.#fd === null) return null;
    let length = 0;
    try {
      // files that the kernel writes line by line come a page at a time
      for (;;) {
        const read = readSync(this.#fd, buffer, length, buffer.length - length, length);
        if (read === 0) break;
        length += read;
        if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
      }
    } catch {
      return null;
    }
    return buffer.toString('latin1', 0, length);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
