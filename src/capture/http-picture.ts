import type { TrustSettings } from '../config/config.js';
import { SourceError } from '../foundation/errors.js';
import { trustOf } from './camera-trust.js';
import { boundaryOf, isMultipart } from './http-content.js';
import { HttpRequest } from './http-request.js';
import { httpTarget } from './http-target.js';
import { MjpegParser } from './mjpeg-parser.js';

/** Bounds of one picture over HTTP. */
export interface HttpPictureLimits {
  /** For the whole answer, in ms. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** What makes the certificate of an https:// address good. */
  readonly tls?: TrustSettings;
}

/**
 * Fetches the bytes of one picture: of MJPEG its first.
 * @throws SourceError where there is no answer in time, none of success, or one that is longer than allowed
 */
export async function fetchPicture(
  url: string,
  { timeoutMs, maxBytes, tls = {} }: HttpPictureLimits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const target = httpTarget(url, trustOf(tls));
  const request = await HttpRequest.open(target, timeoutMs, signal);
  try {
    const bytes = isMultipart(request.type) ? await firstPicture(request, maxBytes) : await request.bytes(maxBytes);
    if (bytes === null) throw new SourceError(`it has more than ${maxBytes} bytes (capture.maxImageBytes)`);
    return bytes;
  } catch (error) {
    throw new SourceError(`cannot read ${target.label}`, {}, error);
  } finally {
    request.close();
  }
}

/** @returns null if it is longer than `maxBytes` */
async function firstPicture(request: HttpRequest, maxBytes: number): Promise<Uint8Array | null> {
  const found: (Buffer | null)[] = [];
  const parser = new MjpegParser(boundaryOf(request.type), maxBytes, {
    onPicture: (bytes) => found.push(Buffer.from(bytes)),
    onMalformed: () => found.push(null),
  });
  for await (const chunk of request.chunks()) {
    parser.push(chunk);
    if (found.length > 0) break;
  }
  parser.end();
  if (found.length === 0) throw new SourceError(parser.problem);
  return found[0]!;
}
