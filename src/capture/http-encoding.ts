import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** What is whole at the end of the connection is enough: some close it before the checksum. */
const TOLERANT = { finishFlush: constants.Z_SYNC_FLUSH };

/**
 * The bytes of a body that is compressed although nobody asked for that, or says so and is not.
 *
 * @param encoding the answer's `Content-Encoding`
 */
export async function* uncompressed(
  body: AsyncGenerator<Buffer>,
  encoding: string | undefined,
): AsyncGenerator<Buffer> {
  const { done, value: first } = await body.next();
  if (done) return;
  const decoder = decoderFor(encoding, first);
  const whole = startingWith(first, body);
  if (decoder === null) yield* whole;
  else yield* pipeline(Readable.from(whole), decoder, () => {}) as AsyncIterable<Buffer>;
}

function decoderFor(encoding: string | undefined, first: Buffer): Transform | null {
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  if (gzip && encoding !== undefined) return createGunzip(TOLERANT);
  if (/^\s*deflate\s*$/i.test(encoding ?? '') && first[0] === 0x78) return createInflate(TOLERANT);
  if (/^\s*br\s*$/i.test(encoding ?? ''))
    return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return null;
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
