import { randomUUID } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../foundation/errors.js';
import { fileSystemOf } from '../../foundation/file-system.js';
import { type Log, silentLog } from '../../foundation/log.js';

/** Files here are memory; anywhere else every picture would wear a memory card. */
const MEMORY = '/dev/shm';
/** Requests that may lie in the file at a time; a worker seldom has more than two. */
const PLACES = 4;
/** A batch larger than this goes through the stream: containers often have 64 MiB of such memory in all. */
const LARGEST = 8 << 20;
/** Bytes of such memory that a worker takes at most. */
export const SHARED_BYTES_OF_WORKER = PLACES * LARGEST;
/** So long pictures go through the stream after one found no room here. */
const PAUSE_MS = 60_000;

/** Where the pictures of one request lie, until `free` is called. */
export interface FileSlot {
  /** Byte offset in the file. */
  readonly at: number;
  free(): void;
}

export interface PictureFileOptions {
  /** For tests: where instead of /dev/shm. */
  readonly folder?: string;
  /** Told once, however many files have the same trouble. */
  readonly log?: Log;
  /** ms that only go forward. */
  readonly clock?: () => number;
}

/** Whoever was told that there is no such memory, or too little. */
const told = new WeakSet<Log>();

/**
 * Memory that this process and a worker both hold open as a file. Through a stream a picture goes in pieces, of which the
 * worker waits for each; written here it is there as a whole, and the stream carries only where. What is read was written
 * before, byte by byte: nobody touches pages that the system only promised.
 */
export class PictureFile {
  readonly fd: number;
  readonly #folder: string;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #free = Array.from({ length: PLACES }, (_, place) => place);
  /** No room was found; nothing is tried before. */
  #pausedUntil: number | null = null;
  #isClosed = false;

  private constructor(
    fd: number,
    { folder = MEMORY, log = silentLog, clock = () => performance.now() }: PictureFileOptions,
  ) {
    this.fd = fd;
    this.#folder = folder;
    this.#log = log;
    this.#clock = clock;
  }

  /** It has no name and goes away with the last process that has it open. @returns null where there is no such memory */
  static create(options: PictureFileOptions = {}): PictureFile | null {
    const { folder = MEMORY, log = silentLog } = options;
    const path = join(folder, `edge-optimizer-${randomUUID()}`);
    try {
      const fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return new PictureFile(fd, options);
    } catch (error) {
      tellOnce(log, folder, error, 'at the next start of a worker');
      return null;
    }
  }

  /** @returns null where the pictures have no place here: they are to go through the stream */
  put(pictures: readonly Uint8Array[]): FileSlot | null {
    const bytes = pictures.reduce((sum, { length }) => sum + length, 0);
    const hasRoom = !this.#isClosed && bytes <= LARGEST && !this.#isPausing();
    const place = hasRoom ? this.#free.pop() : undefined;
    if (place === undefined) return null;
    const at = place * LARGEST;
    try {
      this.#write(pictures, at);
    } catch (error) {
      this.#free.push(place);
      this.#pause(error);
      return null;
    }
    this.#workAgain();
    return { at, free: () => void this.#free.push(place) };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.fd);
  }

  #isPausing(): boolean {
    return this.#pausedUntil !== null && this.#clock() < this.#pausedUntil;
  }

  #pause(error: unknown): void {
    this.#pausedUntil = this.#clock() + PAUSE_MS;
    tellOnce(this.#log, this.#folder, error, 'in a minute');
    // part of a picture holds memory that somebody else wants; those on their way to the worker must stay
    if (this.#free.length < PLACES) return;
    try {
      ftruncateSync(this.fd);
    } catch {
      // then it stays until the worker ends
    }
  }

  #workAgain(): void {
    if (this.#pausedUntil === null) return;
    this.#pausedUntil = null;
    if (told.delete(this.#log)) this.#log.info(`pictures lie in ${this.#folder} again`);
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

function tellOnce(log: Log, folder: string, error: unknown, again: string): void {
  if (told.has(log)) return;
  told.add(log);
  log.warn(
    { reason: explain(error) },
    `pictures go to the detector through a pipe, which costs more of the processor, and ${folder} is tried again ${again}: ${adviceFor(folder, error)}`,
  );
}

/** Why nothing can lie there, and what to do. */
function adviceFor(folder: string, error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC': {
      const fileSystem = fileSystemOf(folder);
      const free = fileSystem === null ? '' : ` (${(fileSystem.freeBytes / 2 ** 20).toFixed(1)} MiB free)`;
      const use = SHARED_BYTES_OF_WORKER / 2 ** 20;
      return `it is full${free}, a worker uses up to ${use} MiB: remove what lies there, or give a container more (--shm-size)`;
    }
    case 'EDQUOT':
      return "this user's quota there is used up";
    case 'ENOMEM':
      return 'there is no memory left';
    case 'EROFS':
      return `it is mounted read-only: remount it, or give a container its own (--tmpfs ${folder})`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not write there: chmod 1777 ${folder}`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `it is not there: mount a tmpfs at ${folder}`;
    default:
      return 'it cannot be written';
  }
}
