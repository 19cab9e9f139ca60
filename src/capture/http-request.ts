import { SourceError } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { decoded } from './credentials.js';

/** A camera's URL, its credentials taken out of it. */
export interface HttpTarget {
  readonly url: string;
  readonly label: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Splits `http://user:password@host/…` into the bare URL and a basic-authentication header.
 * @throws SourceError if it is no URL
 */
export function httpTarget(text: string): HttpTarget {
  const label = maskCredentials(text);
  if (!URL.canParse(text)) throw SourceError.permanent(`${label} is not a URL`);
  const url = new URL(text);
  const headers: Record<string, string> = { accept: 'image/*, multipart/x-mixed-replace, */*' };
  if (url.username || url.password) {
    const pair = `${decoded(url.username)}:${decoded(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  url.username = '';
  url.password = '';
  return { url: url.href, label, headers };
}

/** One GET whose answer must begin, or be complete, within a time. */
export class HttpRequest {
  readonly response: Response;
  #abort: AbortController;
  #clock: NodeJS.Timeout;
  #unlink: () => void;

  private constructor(response: Response, abort: AbortController, clock: NodeJS.Timeout, unlink: () => void) {
    this.response = response;
    this.#abort = abort;
    this.#clock = clock;
    this.#unlink = unlink;
  }

  /** @throws SourceError if there is no answer in time, or not one of success */
  static async open(target: HttpTarget, timeoutMs: number, signal: AbortSignal): Promise<HttpRequest> {
    const abort = new AbortController();
    const stop = () => abort.abort(signal.reason);
    const clock = setTimeout(() => abort.abort(new SourceError(`no answer within ${timeoutMs} ms`)), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    const unlink = () => signal.removeEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      const response = await fetch(target.url, { headers: target.headers, signal: abort.signal });
      const request = new HttpRequest(response, abort, clock, unlink);
      if (response.ok) return request;
      request.close();
      throw new SourceError(refusal(response));
    } catch (error) {
      clearTimeout(clock);
      unlink();
      throw new SourceError(`cannot read ${target.label}`, {}, error);
    }
  }

  /** The answer has begun and may now take as long as it likes. */
  unlimited(): void {
    clearTimeout(this.#clock);
  }

  /** The whole body, null if it is longer than `maxBytes`. */
  async bytes(maxBytes: number): Promise<Uint8Array | null> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      length += chunk.length;
      if (length > maxBytes) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const { body } = this.response;
    if (body) yield* body as unknown as AsyncIterable<Uint8Array>;
  }

  /** Ends the request, complete or not. */
  close(): void {
    clearTimeout(this.#clock);
    this.#unlink();
    this.#abort.abort();
  }
}

function refusal({ status, statusText, headers }: Response): string {
  const digest = status === 401 && /^digest/i.test(headers.get('www-authenticate') ?? '');
  const advice = digest ? ': the camera wants digest authentication; allow basic there, or use its RTSP stream' : '';
  return `HTTP ${status} ${statusText}${advice}`;
}
