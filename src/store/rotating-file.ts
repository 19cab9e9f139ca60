import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { explain } from '../foundation/errors.js';
import { PRIVATE_FILE } from '../foundation/private-files.js';

/** What is done with an open file. */
export type AppendHandle = Pick<FileHandle, 'write' | 'stat' | 'close'>;

export interface RotatingFileOptions {
  readonly file: string;
  /** Of the file and the older ones together. */
  readonly maxBytes: number;
  /** The disk refused lines; told once, until `recovered`. */
  readonly failed: (reason: string) => void;
  readonly recovered: () => void;
  /** For tests: opens a file for appending. */
  readonly open?: (file: string) => Promise<AppendHandle>;
}

/** FILE.1 is the youngest. */
const OLDER_FILES = 4;
const BLOCK_BYTES = 64 * 1024;
const LONGEST_WAIT_MS = 1000;
/** Beyond this, what the disk is too slow for is lost. */
const MAX_WAITING_BYTES = 8 * 2 ** 20;
const LINE_FEED = 0x0a;

/**
 * Lines appended to a file, which becomes FILE.1, FILE.2 … FILE.4 when it is full; the oldest goes. They are written in
 * blocks beside the caller, at least once a second while lines come. A disk that refuses them, or is too slow, costs lines,
 * which are counted, and nothing else. What is no regular file, a pipe or /dev/stdout, is written to and never renamed.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #maxFileBytes: number;
  #handle: AppendHandle | null = null;
  #isRegular = false;
  /** Of the file as it is. */
  #size = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  /** The file ends in part of a line. */
  #isTorn = false;
  #lostLines = 0;
  #failure: string | null = null;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#maxFileBytes = Math.floor(options.maxBytes / (OLDER_FILES + 1));
  }

  get lostLines(): number {
    return this.#lostLines;
  }

  /** Why lines are lost; null while none are. */
  get failure(): string | null {
    return this.#failure;
  }

  /** @throws the file system's error */
  async open(): Promise<void> {
    this.#handle = await (this.#options.open ?? openToAppend)(this.#options.file);
    const found = await this.#handle.stat();
    this.#isRegular = found.isFile();
    this.#size = found.size;
  }

  /** @param line without its line feed */
  append(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#lost(1, 'the disk is too slow');
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    const isDue = this.#waitingBytes >= BLOCK_BYTES || performance.now() - this.#writtenAt >= LONGEST_WAIT_MS;
    if (isDue) this.#writing ??= this.#write();
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    while (this.#writing !== null || this.#waiting.length > 0) await (this.#writing ??= this.#write());
    await this.#handle?.close().catch(() => undefined);
    this.#handle = null;
  }

  /** One block of all that waits. Never rejects. */
  async #write(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writtenAt = performance.now();
    const text = `${this.#isTorn ? '\n' : ''}${lines.join('\n')}\n`;
    const block = Buffer.from(text);
    let written = 0;
    try {
      await this.#makeRoom(block.length);
      while (written < block.length) written += (await this.#handle!.write(block, written)).bytesWritten;
      this.#isTorn = false;
      this.#succeeded();
    } catch (error) {
      this.#tore(lines.length, block, written);
      this.#fail(explain(error));
    } finally {
      this.#size += written;
      this.#writing = null;
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    if (this.#handle === null) await this.open();
    if (!this.#isRegular || this.#size === 0 || this.#size + bytes <= this.#maxFileBytes) return;
    const full = this.#handle!;
    this.#handle = null;
    await full.close();
    await this.#rotate();
    this.#isTorn = false;
    await this.open();
  }

  /** Each becomes one older; the oldest goes, and those that the budget has no room for, but not what was just written. */
  async #rotate(): Promise<void> {
    const { file, maxBytes } = this.#options;
    let room = maxBytes - this.#maxFileBytes;
    const names = [file, ...Array.from({ length: OLDER_FILES }, (_, i) => `${file}.${i + 1}`)];
    const kept: string[] = [];
    await rm(names[OLDER_FILES]!, { force: true });
    for (const name of names.slice(0, OLDER_FILES)) {
      const size = await stat(name).then(
        (found) => found.size,
        () => null,
      );
      room -= size ?? 0;
      if (size !== null && (name === file || room >= 0)) kept.push(name);
      else await rm(name, { force: true });
    }
    for (const name of kept.reverse()) await rename(name, names[names.indexOf(name) + 1]!);
  }

  /** A disk that fills up takes the first part of a block: what follows later begins on a line of its own. */
  #tore(lines: number, block: Buffer, written: number): void {
    const mended = this.#isTorn && written > 0 ? 1 : 0;
    const whole = block.subarray(0, written).filter((byte) => byte === LINE_FEED).length - mended;
    this.#lostLines += lines - whole;
    if (written > 0) this.#isTorn = block[written - 1] !== LINE_FEED;
  }

  #lost(lines: number, reason: string): void {
    this.#lostLines += lines;
    this.#fail(reason);
  }

  #fail(reason: string): void {
    if (this.#failure !== null) return;
    this.#failure = reason;
    this.#options.failed(reason);
  }

  #succeeded(): void {
    if (this.#failure === null) return;
    this.#failure = null;
    this.#options.recovered();
  }
}

const openToAppend = (file: string): Promise<AppendHandle> => open(file, 'a', PRIVATE_FILE);
