/** Collects a body while it is sent, up to a bound. */
export class BodyCapture {
  readonly #maxBytes: number;
  readonly #done: (body: Uint8Array | null) => void;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isOver = false;

  /** @param done is called once: with the whole body, or with null where it is too large or did not come to its end */
  constructor(maxBytes: number, done: (body: Uint8Array | null) => void) {
    this.#maxBytes = maxBytes;
    this.#done = done;
  }

  /** Whether nothing more is taken. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @param chunk is copied where it is kept: whoever sends may use its buffer again */
  write(chunk: Uint8Array | string, encoding: BufferEncoding = 'utf8'): void {
    if (this.#isOver) return;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Uint8Array.prototype.slice.call(chunk);
    this.#bytes += bytes.byteLength;
    if (this.#bytes > this.#maxBytes) this.#finish(null);
    else this.#chunks.push(bytes);
  }

  /** Everything was written. */
  end(): void {
    if (this.#isOver) return;
    const body = new Uint8Array(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      body.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#finish(body);
  }

  /** It ends before everything was written: nothing is kept. */
  abort(): void {
    if (!this.#isOver) this.#finish(null);
  }

  #finish(body: Uint8Array | null): void {
    this.#isOver = true;
    this.#chunks = [];
    this.#done(body);
  }
}
