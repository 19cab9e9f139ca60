import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { EnvHttpProxyAgent } from 'undici';
import { explain } from '../../foundation/errors.js';
import { maskCredentials } from '../../foundation/log.js';
import { basicAuthorization, withoutUserinfo } from '../../foundation/userinfo.js';
import type { PushUplink } from './push-uplink.js';
import { type S3Credentials, s3Headers } from './s3-signature.js';
import { outcomeOfStatus, THERE_ALREADY, type Uploader, type UploadFile, type UploadOutcome } from './upload.js';

export interface HttpUploadOptions {
  /** Where names go: beneath it with PUT, to it with POST; a user name and password in it go along as such. */
  readonly url: string;
  readonly method: 'PUT' | 'POST';
  /** Bearer token; absent: none is sent. */
  readonly token?: string | undefined;
  /** Signs requests for storage that speaks S3. */
  readonly s3?: S3Credentials | undefined;
  /** PEM of certificates to trust instead of those that the machine knows. */
  readonly tlsCaFile?: string | undefined;
  /** For one file, besides a second for each kB of it. */
  readonly timeoutMs: number;
  readonly uplink: PushUplink;
}

const MOST_ANSWER = 4096;

/**
 * Sends files to a web server or to storage that speaks S3, through the proxy of the environment. Each is sent so that it can be sent
 * again: its name is always the same, its hash goes along, and what is there already is not written once more.
 */
export class HttpUpload implements Uploader {
  readonly #options: HttpUploadOptions;
  readonly #tls: { readonly ca?: Buffer };
  /** null until the first upload: most devices send nothing here, and need not load what would. */
  #agent: EnvHttpProxyAgent | null = null;
  /** Without user name and password. */
  readonly #url: string;
  /** What goes along with each request; null: nothing. */
  readonly #authorization: string | null;

  /** @throws the file system's error where `tlsCaFile` cannot be read */
  constructor(options: HttpUploadOptions) {
    this.#options = options;
    const { url, token, s3, tlsCaFile } = options;
    this.#url = withoutUserinfo(url);
    const ofToken = token === undefined ? basicAuthorization(url) : `Bearer ${token}`;
    this.#authorization = s3 === undefined ? ofToken : null;
    this.#tls = tlsCaFile === undefined ? {} : { ca: readFileSync(tlsCaFile) };
  }

  async upload(file: UploadFile, signal: AbortSignal): Promise<UploadOutcome> {
    const { method, uplink, timeoutMs } = this.#options;
    const { EnvHttpProxyAgent, request } = await import('undici');
    const tls = this.#tls;
    this.#agent ??= new EnvHttpProxyAgent({ connect: { timeout: timeoutMs, ...tls }, requestTls: tls });
    const sending = uplink.sending(file.data, signal);
    const allowedMs = this.#allowedMs(file);
    try {
      const url = this.#addressOf(file);
      const { statusCode, body } = await request(url, {
        method,
        headers: { ...(await this.#headersOf(file, url)), 'content-length': String(file.data.length) },
        body: Readable.from(sending.pieces()),
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(allowedMs)]),
        headersTimeout: allowedMs,
        bodyTimeout: allowedMs,
      });
      const outcome = outcomeOfStatus(statusCode, maskCredentials(await beginningOf(body)));
      // who refuses may not have read it, and who has it already need not
      if (outcome.kind === 'taken' && statusCode !== THERE_ALREADY) sending.acknowledged();
      return outcome;
    } catch (error) {
      if (!signal.aborted) sending.lost();
      return { kind: 'later', reason: maskCredentials(explain(error)) };
    }
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }

  /** A slow link gets each file through in its time: what is allowed grows with it, at a kB a second. */
  #allowedMs({ data }: UploadFile): number {
    const { timeoutMs, uplink } = this.#options;
    return timeoutMs + uplink.mostHeldMs + data.length;
  }

  #addressOf({ name }: UploadFile): string {
    if (this.#options.method === 'POST') return this.#url;
    return `${this.#url.replace(/\/$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`;
  }

  async #headersOf({ name, contentType, sha256 }: UploadFile, url: string): Promise<Record<string, string>> {
    const { method, s3 } = this.#options;
    const headers: Record<string, string> = {
      'content-type': contentType,
      'content-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'idempotency-key': sha256,
      ...(method === 'PUT' && { 'if-none-match': '*' }),
      ...(method === 'POST' && { 'evidence-name': name }),
      ...(this.#authorization !== null && { authorization: this.#authorization }),
    };
    return s3 === undefined ? headers : s3Headers(url, headers, sha256, s3);
  }
}

/** The first of what a server answers, for people; the rest is not even read: a server may send without end. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // leaving the loop ends the connection
    if (bytes >= MOST_ANSWER) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER).toString('utf8');
}
