import { yuvBytes } from '../kernels/yuv-colour.js';
import type { FramePool } from './frame-pool.js';

/*
 * ffmpeg's `-f yuv4mpegpipe -pix_fmt yuv420p`: once a line `YUV4MPEG2 W640 H360 F25:1 Ip A1:1 C420jpeg … XCOLORRANGE=FULL`, then per picture
 * `FRAME\n` and width * height * 3 / 2 bytes I420. Raw video that says how large it is and where each picture begins.
 */
const MAGIC = 'YUV4MPEG2 ';
const SIZE = / W([1-9]\d{0,4}) H([1-9]\d{0,4})(?= |$)/;
const FULL = / XCOLORRANGE=FULL(?= |$)/;
const LONGEST_HEADER = 512;
const MARKER = Buffer.from('FRAME\n');
/** No camera makes larger pictures: 16384 × 8192. */
const MAX_PIXELS = 2 ** 27;

/** One whole picture in I420; `data` comes from the parser's pool and belongs to whoever gets it. */
export interface ParsedPicture {
  readonly width: number;
  readonly height: number;
  /** Whether luma is 0..255 rather than 16..235. */
  readonly isFull: boolean;
  readonly data: Uint8Array;
}

/**
 * Cuts a byte stream into pictures. Whoever reads puts the bytes where `room` says: they land in the picture that they belong to, its
 * marker in the bytes before, and are copied no more.
 */
export class Y4mParser {
  readonly #pool: FramePool;
  readonly #onPicture: (picture: ParsedPicture) => void;
  readonly #header = Buffer.alloc(LONGEST_HEADER);
  #width = 0;
  #height = 0;
  #isFull = false;
  #data: Uint8Array | null = null;
  /** What is being filled: the header, or a picture with its marker before it. */
  #window: Buffer = this.#header;
  #filled = 0;
  #lost = false;
  #ended = false;

  /** Stretches of bytes that were not a picture and were skipped. */
  malformed = 0;

  constructor(pool: FramePool, onPicture: (picture: ParsedPicture) => void) {
    this.#pool = pool;
    this.#onPicture = onPicture;
  }

  /** Where the next bytes of the stream go; never empty. */
  room(): Uint8Array {
    if (this.#ended) return this.#header;
    if (this.#width > 0 && this.#data === null) this.#begin();
    return this.#filled === 0 ? this.#window : this.#window.subarray(this.#filled);
  }

  /** So many bytes are in the last `room`. */
  filled(bytes: number): void {
    if (this.#ended) return;
    this.#filled += bytes;
    if (this.#width === 0) this.#readHeader();
    else this.#read();
  }

  /** Takes bytes that lie elsewhere. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const room = this.room();
      const bytes = Math.min(room.length, chunk.length - at);
      room.set(chunk.subarray(at, at + bytes));
      this.filled(bytes);
      at += bytes;
    }
  }

  /** The stream is over. @returns whether it broke off inside a picture */
  end(): boolean {
    const isPartial = this.#filled > 0 && !this.#lost;
    if (this.#data !== null) this.#pool.give(this.#data);
    this.#data = null;
    this.#filled = 0;
    this.#ended = true;
    return isPartial;
  }

  #begin(): void {
    const data = this.#pool.take(yuvBytes(this.#width, this.#height));
    this.#data = data;
    this.#window = Buffer.from(data.buffer, data.byteOffset - MARKER.length, data.length + MARKER.length);
  }

  #read(): void {
    while (this.#filled >= MARKER.length && this.#window.compare(MARKER, 0, MARKER.length, 0, MARKER.length) !== 0) {
      this.#skip(this.#window);
    }
    if (this.#filled < this.#window.length || this.#data === null) return;
    const data = this.#data;
    this.#data = null;
    this.#filled = 0;
    this.#lost = false;
    this.#onPicture({ width: this.#width, height: this.#height, isFull: this.#isFull, data });
  }

  /** What was taken for a picture is none: goes on from the next place in it where one may begin. */
  #skip(window: Buffer): void {
    if (!this.#lost) this.malformed++;
    this.#lost = true;
    const found = window.subarray(0, this.#filled).indexOf(MARKER, 1);
    // the first bytes of a marker may be the last ones here
    const next = found < 0 ? this.#filled - MARKER.length + 1 : found;
    window.copyWithin(0, next, this.#filled);
    this.#filled -= next;
  }

  #readHeader(): void {
    const header = this.#header;
    const end = header.subarray(0, this.#filled).indexOf('\n');
    if (end < 0 && this.#filled < header.length) return;
    const rest = Buffer.from(header.subarray(end < 0 ? this.#filled : end + 1, this.#filled));
    this.#filled = 0;
    const line = header.toString('latin1', 0, Math.max(0, end));
    // what drivers print may stand before it on the line
    const begin = line.indexOf(MAGIC);
    const size = begin < 0 ? null : SIZE.exec(line.slice(begin));
    const [width, height] = [Number(size?.[1]), Number(size?.[2])];
    if (size === null || width % 2 !== 0 || height % 2 !== 0 || width * height > MAX_PIXELS) {
      if (!this.#lost) this.malformed++;
      this.#lost = true;
    } else {
      if (begin > 0 && !this.#lost) this.malformed++;
      this.#lost = false;
      [this.#width, this.#height, this.#isFull] = [width, height, FULL.test(line)];
    }
    this.push(rest);
  }
}
