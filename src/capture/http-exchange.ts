import type { Socket } from 'node:net';
import { SourceError } from '../foundation/errors.js';
import type { CameraTrust } from './camera-trust.js';
import { type AnswerHead, AnswerParser } from './http-answer.js';
import { connectTo, getRequest } from './http-connection.js';
import type { HttpLogin } from './http-login.js';

export interface ExchangeOptions {
  readonly url: URL;
  /** null where none is told. */
  readonly login: HttpLogin | null;
  readonly trust: CameraTrust;
  /** Ends it, at any time. */
  readonly signal: AbortSignal;
  /** Gets told how far it has got, for the case that it gets no further. */
  readonly onStage: (stage: string) => void;
}

/** One GET on a connection of its own, and what comes back. */
export class HttpExchange {
  readonly head: AnswerHead;
  readonly #socket: Socket;
  readonly #parser: AnswerParser;
  readonly #chunks: AsyncIterator<Buffer>;
  /** Came together with the head. */
  #first: Buffer | null;

  private constructor(socket: Socket, parser: AnswerParser, chunks: AsyncIterator<Buffer>, first: Buffer) {
    this.head = parser.head!;
    this.#socket = socket;
    this.#parser = parser;
    this.#chunks = chunks;
    this.#first = first;
  }

  /** @throws SourceError, or what Node throws, where no answer begins */
  static async open({ url, login, trust, signal, onStage }: ExchangeOptions): Promise<HttpExchange> {
    const secure = url.protocol === 'https:';
    onStage(secure ? `no TLS connection to ${url.host} yet: is it http://?` : `not connected to ${url.host} yet`);
    const socket = await connectTo(url, trust, signal);
    onStage(`connected to ${url.host}, nothing received`);
    try {
      socket.write(getRequest(url, login));
      const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      const parser = new AnswerParser();
      const first = await firstOfBody(parser, chunks, onStage);
      return new HttpExchange(socket, parser, chunks, first);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** What was read of the body is as long as its headers say; more may come all the same. */
  get lengthReached(): boolean {
    return this.#first === null && (this.#parser.lengthReached || this.#parser.done);
  }

  /** Bytes of the body so far. */
  get bodyBytes(): number {
    return this.#parser.bodyBytes;
  }

  /** The body as it comes, up to its end or that of the connection. */
  async *body(): AsyncGenerator<Buffer> {
    const first = this.#first;
    this.#first = null;
    if (first?.length) yield first;
    while (!this.#parser.done) {
      const { done, value } = await this.#chunks.next();
      const bytes = done ? this.#parser.end() : this.#parser.push(value);
      if (bytes.length > 0) yield bytes;
      if (done) return;
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Reads the head. @returns what came of the body with it */
async function firstOfBody(
  parser: AnswerParser,
  chunks: AsyncIterator<Buffer>,
  onStage: (stage: string) => void,
): Promise<Buffer> {
  let received = 0;
  for (;;) {
    const { done, value } = await chunks.next();
    const body = done ? parser.end() : parser.push(value);
    if (parser.head) return body;
    if (done && received === 0) throw new SourceError('it closed the connection without a word');
    if (done) throw new SourceError(`it closed the connection within its headers, after ${received} bytes`);
    received += value.length;
    onStage(`${received} bytes of headers received, which do not end`);
  }
}
