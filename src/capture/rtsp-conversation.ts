import { connect, type Socket } from 'node:net';
import { connectToCamera } from './camera-connection.js';
import type { CameraTrust } from './camera-trust.js';
import { type AnswerHead, AnswerParser } from './http-answer.js';
import { parseChallenges } from './http-challenge.js';
import type { HttpLogin } from './http-login.js';

/** An answer, and its body as text. */
export interface RtspAnswer {
  readonly head: AnswerHead;
  readonly body: string;
}

/** Where an RTSP server is, and as whom it is asked. */
export interface RtspPlace {
  /** `rtsp://host:554/path`, without user and password. */
  readonly url: string;
  /** IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly trust: CameraTrust;
  /** null where none is told. */
  readonly login: HttpLogin | null;
}

/** Times that a question of the server's is answered with the login. */
const MOST_QUESTIONS = 3;
/** Of a description, bytes. */
const LONGEST_BODY = 65_536;

/** Questions to an RTSP server on one connection, which is opened anew where the server closes it. RFC 2326. */
export class RtspConversation {
  readonly #place: RtspPlace;
  readonly #signal: AbortSignal;
  #socket: Socket | null = null;
  #chunks: AsyncIterator<Buffer> | null = null;
  #sequence = 0;
  #isAsked = false;

  /** @param signal ends it at any time */
  constructor(place: RtspPlace, signal: AbortSignal) {
    this.#place = place;
    this.#signal = signal;
  }

  /**
   * Asks, and logs in where it is told to; the login is never told before it is asked for.
   *
   * @returns the last answer, of whatever status; null where the server closes the connection without a word
   * @throws SourceError where its certificate is not to be trusted, else what Node throws where there is no connection
   */
  async ask(method: 'OPTIONS' | 'DESCRIBE'): Promise<RtspAnswer | null> {
    for (let questions = 0; ; questions++) {
      const answer = await this.#exchange(method);
      const challenges = answer?.head.headers.get('www-authenticate') ?? [];
      if (answer?.head.status !== 401 || questions >= MOST_QUESTIONS || !this.#logsIn(challenges, questions))
        return answer;
    }
  }

  close(): void {
    this.#socket?.destroy();
  }

  /** @returns whether the login is worth a try, or another */
  #logsIn(challenges: readonly string[], questions: number): boolean {
    const { login } = this.#place;
    if (login === null) return false;
    const again = login.asked(challenges, questions);
    if (this.#isAsked) return again;
    this.#isAsked = parseChallenges(challenges).some(({ scheme }) => scheme === 'basic' || scheme === 'digest');
    return this.#isAsked;
  }

  async #exchange(method: string): Promise<RtspAnswer | null> {
    if (this.#socket === null || this.#socket.destroyed || !this.#socket.writable) await this.#open();
    const { url, login } = this.#place;
    const lines = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.#sequence}`, 'User-Agent: edge-inference-optimizer'];
    if (method === 'DESCRIBE') lines.push('Accept: application/sdp');
    if (login !== null && this.#isAsked) lines.push(`Authorization: ${login.authorization(url, undefined, method)}`);
    this.#socket!.write(`${lines.join('\r\n')}\r\n\r\n`);
    return this.#answer();
  }

  async #open(): Promise<void> {
    const { host, port, secure, trust } = this.#place;
    const socket = secure ? await connectToCamera({ host, port }, trust, this.#signal) : connect({ host, port });
    // errors that come while nobody reads end the iteration later on
    socket.on('error', () => undefined);
    const stop = (): void => void socket.destroy();
    this.#signal.addEventListener('abort', stop, { once: true });
    socket.once('close', () => this.#signal.removeEventListener('abort', stop));
    if (this.#signal.aborted) stop();
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async #answer(): Promise<RtspAnswer | null> {
    const parser = new AnswerParser();
    const parts: Buffer[] = [];
    while (parser.bodyBytes < LONGEST_BODY) {
      const { done, value } = await this.#chunks!.next();
      parts.push(done ? parser.end() : parser.push(value));
      const isWhole = parser.head !== null && (parser.lengthReached || !parser.head.headers.has('content-length'));
      if (done) this.#socket!.destroy();
      if (done || isWhole) break;
    }
    return parser.head === null ? null : { head: parser.head, body: Buffer.concat(parts).toString('utf8') };
  }
}
