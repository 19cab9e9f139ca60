import { BundleError } from '../foundation/errors.js';

/** Takes from a stream as many bytes as are wanted, which need not be how they come. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next bytes, in pieces as they come. @throws BundleError where there are fewer, or the stream fails */
  async *pieces(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      const chunk = await this.#next();
      if (chunk === null) throw new BundleError('the bundle is cut off: copy it again');
      const piece = chunk.subarray(0, left);
      this.#rest = chunk.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** The next bytes as one. @throws BundleError where there are fewer */
  async exactly(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(bytes)) pieces.push(piece);
    return Buffer.concat(pieces, bytes);
  }

  /** All that is left. */
  async *remaining(): AsyncGenerator<Buffer> {
    for (let chunk = await this.#next(); chunk !== null; chunk = await this.#next()) {
      this.#rest = Buffer.alloc(0);
      yield chunk;
    }
  }

  async #next(): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next().catch(unreadable);
      if (done) return null;
      this.#rest = value;
    }
    return this.#rest;
  }
}

/** @throws BundleError always */
function unreadable(error: unknown): never {
  throw new BundleError('the bundle is damaged or cut off, copy it again', undefined, error);
}
