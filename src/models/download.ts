import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from 'undici';
import { EdgeError, explain } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { sha256OfFile } from '../foundation/sha256.js';
import { fileKind } from '../onnx/file-kind.js';
import { isDiskError } from './folder-trouble.js';

const MAX_BYTES = 4 * 2 ** 30;
const MAX_REDIRECTS = 5;
/** Requests for one file, each of which has brought the download on. */
const ATTEMPTS = 6;

/** Told as bytes arrive: how many are here, and how many there will be (null where the server does not say). */
export type DownloadProgress = (received: number, total: number | null) => void;

export interface DownloadOptions {
  readonly url: string;
  /** Where the verified file is put; until then its bytes gather in `<to>.part`, which a later call resumes. */
  readonly to: string;
  /** Lower-case hex; null where whoever wants the file verifies it by itself. */
  readonly sha256: string | null;
  /** Exact size, where known. */
  readonly bytes?: number | undefined;
  /** Larger files are refused where the exact size is not known; default 4 GiB. */
  readonly mostBytes?: number;
  /** What else may be done when it fails; default: what there is to do about a model. */
  readonly advice?: string;
  /** Longest silence of the server, ms; default 30 s. */
  readonly timeoutMs?: number;
  /** Pause before a broken transfer is resumed, ms; default 1 s, doubling. */
  readonly retryMs?: number;
  readonly onProgress?: DownloadProgress;
  readonly signal?: AbortSignal;
}

/**
 * Fetches a file through the proxy of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), resuming what an earlier call
 * left, and puts it in place only once its sha256 is right.
 *
 * @throws EdgeError E_DOWNLOAD saying what to do: offline, refused, wrong size, wrong content; the file system's own errors
 */
export async function download(options: DownloadOptions): Promise<void> {
  let agent: EnvHttpProxyAgent | null = null;
  try {
    agent = new EnvHttpProxyAgent({ connect: { timeout: options.timeoutMs ?? 30_000 } });
    await fetchVerified(
      options,
      agent.compose(onlyHttps(options.url), interceptors.redirect({ maxRedirections: MAX_REDIRECTS })),
    );
    await rename(partOf(options), options.to);
    await rm(validatorOf(options), { force: true });
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    if (isDiskError(error)) {
      // what fills the disk is of no use to anybody
      if (error.code === 'ENOSPC' || error.code === 'EDQUOT') await discard(options);
      throw error;
    }
    throw failure(options, explain(error));
  } finally {
    await agent?.destroy();
  }
}

/** What was asked for in secret is not fetched in the open, wherever a server redirects to. */
function onlyHttps(url: string): Dispatcher.DispatcherComposeInterceptor {
  const isSecret = url.startsWith('https:');
  return (dispatch) => (request, handler) => {
    const { protocol } = new URL(String(request.origin));
    if (isSecret && protocol !== 'https:')
      throw new EdgeError(
        'E_DOWNLOAD',
        `${maskCredentials(url)} leads to ${request.origin}, which is not https: not followed`,
      );
    return dispatch(request, handler);
  };
}

/** A part left by an earlier call may be damaged (a power cut): then everything is fetched once more. */
async function fetchVerified(options: DownloadOptions, dispatcher: Dispatcher): Promise<void> {
  for (let fresh = (await partSize(options)) === 0; ; fresh = true) {
    await transferWithRetries(options, dispatcher);
    if (options.sha256 === null) return;
    const digest = await sha256OfFile(partOf(options));
    if (digest === options.sha256) return;
    const kind = fileKind(partOf(options));
    await discard(options);
    if (fresh) {
      const what = kind === null ? '' : `: it ${kind.is}`;
      throw failure(options, `what came has sha256 ${digest}, expected ${options.sha256}${what}; it was thrown away`);
    }
  }
}

const partOf = ({ to }: DownloadOptions) => `${to}.part`;
/** The ETag of the version that the part file is of. */
const validatorOf = ({ to }: DownloadOptions) => `${to}.part.etag`;

async function transferWithRetries(options: DownloadOptions, dispatcher: Dispatcher): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = await partSize(options);
    if (before > 0 && before === options.bytes) return;
    try {
      await transfer(options, dispatcher, before);
      return;
    } catch (error) {
      if (error instanceof PartUnusable) await discard(options);
      const worthwhile = error instanceof Passing || (await partSize(options)) > before;
      if (error instanceof EdgeError || isDiskError(error) || attempt === ATTEMPTS || !worthwhile) throw error;
      await setTimeout((options.retryMs ?? 1000) * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

/** A failure that may be gone at the next try, though no byte came. */
class Passing extends Error {}

/** The part file does not continue what the server has: the next try begins at byte 0. */
class PartUnusable extends Passing {}

/** One request, from where the part file ends. */
async function transfer(options: DownloadOptions, dispatcher: Dispatcher, from: number): Promise<void> {
  const timeout = options.timeoutMs ?? 30_000;
  const etag = from > 0 ? await readFile(validatorOf(options), 'utf8').catch(() => null) : null;
  const { statusCode, headers, body } = await request(options.url, {
    dispatcher,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    headers: {
      'accept-encoding': 'identity',
      ...(from > 0 && { range: `bytes=${from}-` }),
      ...(etag !== null && { 'if-range': etag }),
    },
    ...(options.signal && { signal: options.signal }),
  });
  try {
    const text = (name: string) => [headers[name]].flat()[0];
    const answer = judge(options, from, statusCode, text('content-length'), text('content-range'));
    await keepValidator(options, text('etag'));
    await receive(options, body, answer.from, answer.total);
  } catch (error) {
    body.on('error', () => {}).destroy();
    throw error;
  }
}

/** From which byte on the answer is, and how long the whole file will be. */
function judge(
  options: DownloadOptions,
  asked: number,
  status: number,
  contentLength: string | undefined,
  contentRange: string | undefined,
): { from: number; total: number | null } {
  if (status === 416) throw new PartUnusable(`the server has no bytes after ${asked}`);
  if (status >= 500 || status === 429 || status === 408) throw new Passing(`the server answered ${status}`);
  if (status !== 200 && status !== 206) throw failure(options, `the server answered ${status}`);
  let from = 0;
  let total = contentLength === undefined ? null : Number(contentLength);
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(contentRange ?? '');
    if (!range || Number(range[1]) !== asked) throw new PartUnusable(`the server sent range "${contentRange ?? ''}"`);
    from = asked;
    total = range[2] === '*' ? null : Number(range[2]);
  }
  const { bytes } = options;
  if (bytes !== undefined && total !== null && total !== bytes) {
    throw failure(options, `it is ${total} bytes long, expected ${bytes}`);
  }
  const limit = bytes ?? options.mostBytes ?? MAX_BYTES;
  if (total !== null && total > limit) throw failure(options, `it is ${total} bytes long, more than ${limit}`);
  return { from, total: total ?? bytes ?? null };
}

async function receive(options: DownloadOptions, body: Readable, from: number, total: number | null): Promise<void> {
  const limit = options.bytes ?? total ?? options.mostBytes ?? MAX_BYTES;
  let received = from;
  const part = await open(partOf(options), from > 0 ? 'a' : 'w');
  try {
    options.onProgress?.(received, total);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > limit) throw failure(options, `more than the expected ${limit} bytes came`);
      await part.appendFile(chunk);
      options.onProgress?.(received, total);
    }
  } finally {
    await part.close();
  }
  if (total !== null && received < total) throw new Error(`the connection ended at byte ${received} of ${total}`);
}

/** Only a strong ETag proves that two parts are of one file. */
async function keepValidator(options: DownloadOptions, etag: string | undefined): Promise<void> {
  if (etag?.startsWith('"') && etag.length < 1000) await writeFile(validatorOf(options), etag);
  else await rm(validatorOf(options), { force: true });
}

async function partSize(options: DownloadOptions): Promise<number> {
  const part = await stat(partOf(options)).catch(() => null);
  if (!part) return 0;
  if (part.size <= (options.bytes ?? options.mostBytes ?? MAX_BYTES)) return part.size;
  await discard(options);
  return 0;
}

async function discard(options: DownloadOptions): Promise<void> {
  await Promise.all([rm(partOf(options), { force: true }), rm(validatorOf(options), { force: true })]);
}

/** The reason stands in the message, ahead of the advice, and so is not its cause as well. */
function failure(options: DownloadOptions, reason: string): EdgeError {
  const url = maskCredentials(options.url);
  const advice = `Run it again to resume, set HTTPS_PROXY if this network needs a proxy, or download the file elsewhere and ${options.advice ?? 'use `models add FILE`'}`;
  return new EdgeError('E_DOWNLOAD', `cannot download ${url}: ${maskCredentials(reason)}. ${advice}.`, {
    context: { url },
  });
}
