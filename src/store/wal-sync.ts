import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Brings the write-ahead log of a database onto the medium, beside the main thread. Who asks while the disk is busy waits for
 * the next time, together with all others who ask then.
 *
 * Only the log is opened. Opening and closing the database itself would drop every lock that SQLite has on it in this process,
 * because POSIX ties locks to the process and the file.
 */
export class WalSync {
  readonly #file: string;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  /** Of the log whose name is on the medium too. */
  #knownInode = -1;

  /** @param file of the database */
  constructor(file: string) {
    this.#file = file;
  }

  /** Fulfilled once all that was committed before the call is on the medium. @throws the file system's error */
  sync(): Promise<void> {
    this.#next ??= this.#afterTheRunning();
    return this.#next;
  }

  async #afterTheRunning(): Promise<void> {
    await this.#running.catch(() => undefined);
    this.#running = this.#next!;
    this.#next = null;
    await this.#syncOnce();
  }

  async #syncOnce(): Promise<void> {
    const handle = await open(`${this.#file}-wal`, 'r+').catch((error: NodeJS.ErrnoException) => {
      // without a log all is in the database, and was brought onto the medium before the log went
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (handle === null) return;
    try {
      await handle.datasync();
      const { ino } = await handle.stat();
      if (ino !== this.#knownInode) await syncFolder(dirname(this.#file));
      this.#knownInode = ino;
    } finally {
      await handle.close();
    }
  }
}

/** So that the name of a new file outlives a power cut as its content does. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
