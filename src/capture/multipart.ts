const HEADER_END = Buffer.from('\r\n\r\n');
const LONGEST_HEADER = 8192;

/**
 * Cuts a `multipart/x-mixed-replace` stream (MJPEG over HTTP) into its parts. Holds one part at most; parts that are
 * too long, or whose header makes no sense, are skipped and counted, and reading goes on at the next boundary.
 */
export class MultipartParser {
  #boundary: Buffer;
  #maxBytes: number;
  #onPart: (body: Buffer) => void;
  #buffer = Buffer.allocUnsafe(1 << 16);
  #length = 0;
  /** Bytes already searched for what is looked for now. */
  #searched = 0;
  /** Inside a part: where its body begins and how long it says to be (-1: up to the next boundary). */
  #body: { start: number; length: number } | null = null;

  /** Parts that were skipped. */
  malformed = 0;

  /**
   * @param boundary as in the content type, with or without its leading `--`
   * @param onPart gets each body; its bytes are overwritten after the call
   */
  constructor(boundary: string, maxBytes: number, onPart: (body: Buffer) => void) {
    this.#boundary = Buffer.from(boundary.startsWith('--') ? boundary : `--${boundary}`);
    this.#maxBytes = maxBytes;
    this.#onPart = onPart;
  }

  push(chunk: Uint8Array): void {
    this.#append(chunk);
    while (this.#body ? this.#readBody(this.#body) : this.#readHeader()) {}
    // without a body in sight only the tail can matter: a boundary that is not complete yet
    const limit = this.#body ? this.#maxBytes + LONGEST_HEADER : LONGEST_HEADER;
    if (this.#length > limit) this.#skip();
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  #readHeader(): boolean {
    const start = this.#find(this.#boundary, 0);
    if (start < 0) {
      this.#consume(Math.max(0, this.#length - this.#boundary.length));
      return false;
    }
    this.#consume(start);
    const end = this.#find(HEADER_END, this.#boundary.length);
    if (end < 0) return false;
    const header = this.#buffer.toString('latin1', this.#boundary.length, end);
    const length = Number(/^content-length:\s*(\d{1,12})\s*$/im.exec(header)?.[1] ?? -1);
    if (end > LONGEST_HEADER || length > this.#maxBytes || header.startsWith('--')) {
      this.#skip();
      return true;
    }
    this.#body = { start: end + HEADER_END.length, length };
    this.#searched = 0;
    return true;
  }

  #readBody({ start, length }: { start: number; length: number }): boolean {
    let end = start + length;
    if (length < 0) {
      end = this.#find(this.#boundary, Math.max(start, this.#searched - this.#boundary.length));
      this.#searched = this.#length;
      if (end < 0) return false;
    } else if (end > this.#length) return false;
    this.#body = null;
    this.#onPart(this.#buffer.subarray(start, length < 0 ? trimmed(this.#buffer, start, end) : end));
    this.#consume(end);
    return true;
  }

  #find(what: Buffer, from: number): number {
    return this.#buffer.subarray(0, this.#length).indexOf(what, from);
  }

  /** Gives this part up and looks for the next boundary behind it. */
  #skip(): void {
    this.malformed++;
    this.#body = null;
    this.#consume(Math.min(this.#length, this.#boundary.length));
    const next = this.#find(this.#boundary, 0);
    this.#consume(next < 0 ? Math.max(0, this.#length - this.#boundary.length) : next);
  }

  #consume(bytes: number): void {
    if (bytes === 0) return;
    this.#buffer.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#searched = 0;
  }
}

/** The line break before a boundary belongs to the boundary. */
function trimmed(buffer: Buffer, start: number, end: number): number {
  if (end - 2 >= start && buffer[end - 2] === 13 && buffer[end - 1] === 10) return end - 2;
  return end - 1 >= start && buffer[end - 1] === 10 ? end - 1 : end;
}
