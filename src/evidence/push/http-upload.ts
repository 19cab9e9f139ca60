import { readFileSync } from 'node:fs';
import { EnvHttpProxyAgent, request } from 'undici';
import { explain } from '../../foundation/errors.js';
import { maskCredentials } from '../../foundation/log.js';
import { type S3Credentials, s3Headers } from './s3-signature.js';
import { outcomeOfStatus, type Uploader, type UploadFile, type UploadOutcome } from './upload.js';

export interface HttpUploadOptions {
  /** Where names go: beneath it with PUT, to it with POST. */
  readonly url: string;
  readonly method: 'PUT' | 'POST';
  /** Bearer token; absent: none is sent. */
  readonly token?: string | undefined;
  /** Signs requests for storage that speaks S3. */
  readonly s3?: S3Credentials | undefined;
  /** PEM of certificates to trust instead of those that the machine knows. */
  readonly tlsCaFile?: string | undefined;
  readonly timeoutMs: number;
}

const MOST_ANSWER = 4096;

/**
 * Sends files to a web server or to storage that speaks S3, through the proxy of the environment. Each is sent so that it can be sent
 * again: its name is always the same, its hash goes along, and what is there already is not written once more.
 */
export class HttpUpload implements Uploader {
  readonly #options: HttpUploadOptions;
  readonly #agent: EnvHttpProxyAgent;

  /** @throws the file system's error where `tlsCaFile` cannot be read */
  constructor(options: HttpUploadOptions) {
    this.#options = options;
    const { timeoutMs, tlsCaFile } = options;
    const tls = tlsCaFile === undefined ? {} : { ca: readFileSync(tlsCaFile) };
    this.#agent = new EnvHttpProxyAgent({ connect: { timeout: timeoutMs, ...tls }, requestTls: tls });
  }

  async upload(file: UploadFile, signal: AbortSignal): Promise<UploadOutcome> {
    const { method, timeoutMs } = this.#options;
    try {
      const url = this.#addressOf(file);
      const { statusCode, body } = await request(url, {
        method,
        headers: await this.#headersOf(file, url),
        body: file.data,
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const answer = (await body.arrayBuffer()).slice(0, MOST_ANSWER);
      return outcomeOfStatus(statusCode, new TextDecoder().decode(answer));
    } catch (error) {
      return { kind: 'later', reason: maskCredentials(explain(error)) };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #addressOf({ name }: UploadFile): string {
    const { url, method } = this.#options;
    if (method === 'POST') return url;
    return `${url.replace(/\/$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`;
  }

  async #headersOf({ name, contentType, sha256 }: UploadFile, url: string): Promise<Record<string, string>> {
    const { method, token, s3 } = this.#options;
    const headers: Record<string, string> = {
      'content-type': contentType,
      'content-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
      'idempotency-key': sha256,
      ...(method === 'PUT' && { 'if-none-match': '*' }),
      ...(method === 'POST' && { 'evidence-name': name }),
      ...(token !== undefined && s3 === undefined && { authorization: `Bearer ${token}` }),
    };
    return s3 === undefined ? headers : s3Headers(url, headers, sha256, s3);
  }
}
