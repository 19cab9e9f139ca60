import { SourceError } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { pause } from '../foundation/pause.js';
import { pictureFormat } from '../media/content-kind.js';
import { type PictureWalk, pictureWalk } from '../media/picture-walk.js';
import { GrowingBuffer } from './growing-buffer.js';
import { parseChallenges } from './http-challenge.js';
import { uncompressed } from './http-encoding.js';
import { HttpExchange } from './http-exchange.js';
import type { HttpLogin } from './http-login.js';
import { httpRefusal } from './http-refusal.js';
import { type HttpTarget, mayLogIn } from './http-target.js';

/** Redirections that are followed. */
const MOST_REDIRECTIONS = 5;
/** How long a picture that lacks its end may go on behind the length that its answer announces, ms. */
const GRACE_MS = 300;
/** Of a body, looked at to know what it is. */
const PEEKED_BYTES = 1024;

/** One GET, with the redirections and the login that it takes; its answer must begin, or be complete, within a time. */
export class HttpRequest {
  readonly #target: HttpTarget;
  readonly #timeoutMs: number;
  readonly #onStage: (stage: string) => void;
  readonly #abort = new AbortController();
  readonly #clock: NodeJS.Timeout;
  readonly #unlink: () => void;
  #stage = '';
  /** That was asked last. */
  #url: URL;
  #exchange: HttpExchange | null = null;
  #body: AsyncIterator<Buffer> | null = null;
  #pending: Promise<IteratorResult<Buffer>> | null = null;
  #compressed = false;
  #peeked: Buffer[] = [];

  private constructor(target: HttpTarget, timeoutMs: number, signal: AbortSignal, onStage: (stage: string) => void) {
    this.#target = target;
    this.#url = target.url;
    this.#timeoutMs = timeoutMs;
    this.#onStage = onStage;
    this.#clock = setTimeout(() => this.#abort.abort(this.#late()), timeoutMs);
    const stop = () => this.#abort.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    this.#unlink = () => signal.removeEventListener('abort', stop);
    if (signal.aborted) stop();
  }

  /**
   * @param onStage gets told how far it has got, for the case that it gets no further
   * @throws SourceError if there is no answer in time, or not one of success
   */
  static async open(
    target: HttpTarget,
    timeoutMs: number,
    signal: AbortSignal,
    onStage: (stage: string) => void = () => {},
  ): Promise<HttpRequest> {
    const request = new HttpRequest(target, timeoutMs, signal, onStage);
    try {
      await request.#begin();
      return request;
    } catch (error) {
      const reason = request.#reasonOf(error);
      request.close();
      throw new SourceError(`cannot read ${target.label}`, {}, reason);
    }
  }

  /** Content type of the answer as it stands there; empty where it has none. */
  get type(): string {
    return this.#exchange!.head.headers.get('content-type')?.at(-1) ?? '';
  }

  /** Unix ms by the camera's own clock; null where the answer does not say. */
  get date(): number | null {
    const at = Date.parse(this.#exchange!.head.headers.get('date')?.at(-1) ?? '');
    return Number.isNaN(at) ? null : at;
  }

  /** Where it was redirected to, credentials masked; null where it was not. */
  get redirectedTo(): string | null {
    return this.#url === this.#target.url ? null : maskCredentials(this.#url.href);
  }

  /** The answer has begun and may now take as long as it likes. */
  unlimited(): void {
    clearTimeout(this.#clock);
  }

  /** The first bytes of the body, as many as came together; they stay in it. */
  async peek(): Promise<Buffer> {
    let bytes: Buffer = Buffer.concat(this.#peeked);
    while (bytes.length < PEEKED_BYTES && pictureFormat(bytes) === null) {
      const chunk = bytes.length === 0 ? await this.#read() : await this.#readWithin(GRACE_MS);
      if (chunk === null) break;
      this.#peeked.push(chunk);
      bytes = Buffer.concat(this.#peeked);
    }
    return bytes;
  }

  /**
   * The picture that is the body: up to its own end, else to that of the answer. Null if it is longer than `maxBytes`.
   * @throws SourceError where the answer breaks off in error, or is not complete in time
   */
  async bytes(maxBytes: number): Promise<Uint8Array | null> {
    const buffer = new GrowingBuffer();
    let walk: PictureWalk | null = null;
    for await (const chunk of this.#upToLength(() => walk !== null)) {
      buffer.append(chunk);
      const { bytes } = buffer;
      if (bytes.length > maxBytes) return null;
      const format = walk === null ? pictureFormat(bytes) : null;
      if (format !== null) walk = pictureWalk(format);
      // a length that is too large keeps the connection open for nothing
      const state = walk?.advance(bytes);
      if (state === 'end' || state === 'next') return Buffer.from(bytes.subarray(0, walk!.at));
      this.#reach(`${bytes.length} bytes received, which are no complete answer`);
    }
    return Buffer.from(buffer.bytes);
  }

  /** The body as it comes. */
  async *chunks(): AsyncGenerator<Buffer> {
    yield* this.#peeked.splice(0);
    for (let chunk = await this.#read(); chunk !== null; chunk = await this.#read()) yield chunk;
  }

  /** Ends the request, complete or not. */
  close(): void {
    clearTimeout(this.#clock);
    this.#unlink();
    this.#exchange?.close();
    this.#abort.abort();
  }

  async #begin(): Promise<void> {
    for (let questions = 0, redirections = 0; ; ) {
      const exchange = await this.#ask();
      const { status, headers } = exchange.head;
      const [location] = headers.get('location') ?? [];
      if (status >= 300 && status < 400 && location !== undefined) {
        this.#url = redirected(this.#url, location, ++redirections);
      } else if (status === 401 && this.#login?.asked(headers.get('www-authenticate') ?? [], questions)) {
        questions++;
      } else {
        await this.#take(exchange);
        return;
      }
      exchange.close();
    }
  }

  async #ask(): Promise<HttpExchange> {
    this.#exchange = await HttpExchange.open({
      url: this.#url,
      login: this.#login,
      trust: this.#target.trust,
      signal: this.#abort.signal,
      onStage: (stage) => this.#reach(stage),
    });
    return this.#exchange;
  }

  /** That may be told to whoever is asked now. */
  get #login(): HttpLogin | null {
    return mayLogIn(this.#target.url, this.#url) ? this.#target.login : null;
  }

  /** @throws SourceError unless it is an answer of success */
  async #take(exchange: HttpExchange): Promise<void> {
    const { head } = exchange;
    const encoding = head.headers.get('content-encoding')?.at(-1);
    this.#compressed = encoding !== undefined && !/^\s*identity\s*$/i.test(encoding);
    this.#body = uncompressed(exchange.body(), encoding);
    this.#reach('headers received, but nothing behind them');
    if (head.protocol !== 'RTSP' && head.status >= 200 && head.status < 300) return;
    const login = { given: this.#target.login !== null, told: this.#login !== null };
    const schemes = parseChallenges(head.headers.get('www-authenticate') ?? []).map(({ scheme }) => scheme);
    throw new SourceError(httpRefusal(head, this.#url, login, await this.#words()), {
      status: head.status,
      schemes: [...new Set(schemes)].join(', '),
    });
  }

  /** What a refusal has to say; nothing where it says nothing at once. */
  async #words(): Promise<Buffer> {
    const patience = pause(GRACE_MS, this.#abort.signal).then(() => Buffer.alloc(0));
    return Promise.race([this.peek().catch(() => Buffer.alloc(0)), patience]);
  }

  /** The body up to the length that it announces; what is a picture, and not at its end there, gets a little more. */
  async *#upToLength(isPicture: () => boolean): AsyncGenerator<Buffer> {
    yield* this.#peeked.splice(0);
    for (;;) {
      const complete = !this.#compressed && this.#exchange!.lengthReached;
      if (complete && !isPicture()) return;
      const chunk = complete ? await this.#readWithin(GRACE_MS) : await this.#read();
      if (chunk === null) return;
      yield chunk;
    }
  }

  /** @returns the next piece of the body, null at its end */
  async #read(): Promise<Buffer | null> {
    try {
      this.#pending ??= this.#body!.next();
      const { done, value } = await this.#pending;
      return done ? null : value;
    } catch (error) {
      throw this.#reasonOf(error);
    } finally {
      this.#pending = null;
    }
  }

  /** @returns the next piece of the body, null where none comes in time; it is the next one still when it comes later */
  async #readWithin(ms: number): Promise<Buffer | null> {
    this.#pending ??= this.#body!.next();
    this.#pending.catch(() => {});
    const inTime = await Promise.race([
      this.#pending.then(() => true),
      pause(ms, this.#abort.signal).then(() => false),
    ]);
    return inTime ? this.#read() : null;
  }

  /** A connection that is ended by us breaks off with Node's reason, not with ours. */
  #reasonOf(error: unknown): unknown {
    return this.#abort.signal.aborted ? this.#abort.signal.reason : error;
  }

  #reach(stage: string): void {
    this.#stage = stage;
    this.#onStage(stage);
  }

  #late(): SourceError {
    return new SourceError(`no answer within ${this.#timeoutMs} ms: ${this.#stage}`);
  }
}

/** @throws SourceError where that is too often, or to no http address */
function redirected(from: URL, location: string, times: number): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (to === null) throw new SourceError(`it redirects to ${maskCredentials(location)}, which is no address`);
  const where = maskCredentials(to.href);
  if (!/^https?:$/.test(to.protocol)) throw new SourceError(`it redirects to ${where}: use that address`);
  if (times > MOST_REDIRECTIONS) {
    throw new SourceError(`it redirects again and again, more than ${MOST_REDIRECTIONS} times, at last to ${where}`);
  }
  to.username = '';
  to.password = '';
  return to;
}
