import { SourceError } from '../foundation/errors.js';
import { HttpRequest } from './http-request.js';
import { httpTarget } from './http-target.js';

/** Bounds of one picture over HTTP. */
export interface HttpPictureLimits {
  /** For the whole answer, in ms. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * Fetches the bytes of one picture.
 * @throws SourceError where there is no answer in time, none of success, or one that is longer than allowed
 */
export async function fetchPicture(
  url: string,
  { timeoutMs, maxBytes }: HttpPictureLimits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const target = httpTarget(url);
  const request = await HttpRequest.open(target, timeoutMs, signal);
  try {
    const bytes = await request.bytes(maxBytes);
    if (bytes === null) throw new SourceError(`it has more than ${maxBytes} bytes (capture.maxImageBytes)`);
    return bytes;
  } catch (error) {
    throw new SourceError(`cannot read ${target.label}`, {}, error);
  } finally {
    request.close();
  }
}
