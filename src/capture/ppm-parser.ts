import type { FramePool } from './frame-pool.js';

/*
 * ffmpeg's `-f image2pipe -c:v ppm -pix_fmt rgb24`: per picture a header `P6\n<width> <height>\n255\n`, then
 * width * height * 3 bytes RGB24. Raw video with a header that says how large it is and where it begins.
 */
const HEADER = /^P6\n([1-9]\d{0,4}) ([1-9]\d{0,4})\n255\n$/;
const LONGEST_HEADER = 'P6\n99999 99999\n255\n'.length;
const HEADER_LINES = 3;
const NEWLINE = 10;
const LETTER_P = 80;
/** No camera makes larger pictures: 16384 × 8192. */
const MAX_PIXELS = 2 ** 27;

/** One whole picture; `data` comes from the parser's pool and belongs to whoever gets it. */
export interface ParsedPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Cuts a byte stream into pictures. Each byte is copied once: from the pipe's chunk into the picture it belongs to. */
export class PpmParser {
  #pool: FramePool;
  #onPicture: (picture: ParsedPicture) => void;
  #header = Buffer.alloc(LONGEST_HEADER);
  #headerBytes = 0;
  #headerLines = 0;
  #lost = false;
  #width = 0;
  #height = 0;
  #data: Uint8Array | null = null;
  #filled = 0;

  /** Stretches of bytes that were not a picture and were skipped. */
  malformed = 0;

  constructor(pool: FramePool, onPicture: (picture: ParsedPicture) => void) {
    this.#pool = pool;
    this.#onPicture = onPicture;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at = this.#data ? this.#fill(this.#data, chunk, at) : this.#readHeader(chunk, at);
  }

  /** The stream is over. @returns whether it broke off inside a picture */
  end(): boolean {
    const partial = this.#data !== null || (this.#headerBytes > 0 && !this.#lost);
    if (this.#data) this.#pool.give(this.#data);
    this.#data = null;
    this.#resetHeader();
    return partial;
  }

  #fill(data: Uint8Array, chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + data.length - this.#filled);
    data.set(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end), this.#filled);
    this.#filled += end - at;
    if (this.#filled === data.length) {
      this.#data = null;
      this.#onPicture({ width: this.#width, height: this.#height, data });
    }
    return end;
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      if (this.#headerBytes === 0 && chunk[at] !== LETTER_P) {
        this.#countLost();
        const next = chunk.indexOf(LETTER_P, at);
        if (next < 0) return chunk.length;
        at = next;
      }
      const byte = chunk[at]!;
      this.#header[this.#headerBytes++] = byte;
      if (byte === NEWLINE && ++this.#headerLines === HEADER_LINES) {
        if (this.#begin()) return at + 1;
        this.#skipToNextHeader();
      } else if (this.#headerBytes === LONGEST_HEADER || !this.#looksRight()) {
        this.#skipToNextHeader();
      }
    }
    return chunk.length;
  }

  #begin(): boolean {
    const match = HEADER.exec(this.#header.toString('latin1', 0, this.#headerBytes));
    if (!match) return false;
    const [width, height] = [Number(match[1]), Number(match[2])];
    if (width * height > MAX_PIXELS) return false;
    this.#width = width;
    this.#height = height;
    this.#data = this.#pool.take(width * height * 3);
    this.#filled = 0;
    this.#lost = false;
    this.#resetHeader();
    return true;
  }

  /** Whether the bytes so far may begin a header: the cheap part of the check, made on every byte. */
  #looksRight(): boolean {
    const [p, six, newline] = this.#header;
    const bytes = this.#headerBytes;
    return p === LETTER_P && (bytes < 2 || six === 54) && (bytes < 3 || newline === NEWLINE);
  }

  /** What was taken for a header is none: goes on from the next place in it where one may begin. */
  #skipToNextHeader(): void {
    this.#countLost();
    const bytes = this.#header.subarray(0, this.#headerBytes);
    const next = bytes.indexOf(LETTER_P, 1);
    this.#resetHeader();
    if (next < 0) return;
    const rest = Buffer.from(bytes.subarray(next));
    this.push(rest);
  }

  #countLost(): void {
    if (!this.#lost) this.malformed++;
    this.#lost = true;
  }

  #resetHeader(): void {
    this.#headerBytes = 0;
    this.#headerLines = 0;
  }
}
