import { explain } from '../foundation/errors.js';
import type { DecodedImage } from '../media/image.js';
import type { ImageDecoder, ReaderSink } from './reader.js';

/** How encoded pictures become frames. */
export interface ImageOptions {
  readonly decodeImage: ImageDecoder;
  /** px */
  readonly maxWidth: number;
  /** Width / height that pictures are stretched to; unset: as they are. */
  readonly aspect?: number | undefined;
  /** bytes; a larger encoded picture is rejected */
  readonly maxImageBytes: number;
}

/**
 * Decodes one picture and hands it on; a broken one is counted, told and left out.
 * @returns why it could not be decoded, null where it could
 */
export async function deliverImage(
  bytes: Uint8Array,
  mediaMs: number | null,
  sink: ReaderSink,
  { decodeImage, maxWidth, aspect }: ImageOptions,
): Promise<string | null> {
  let image: DecodedImage;
  try {
    image = await decodeImage(bytes, maxWidth, aspect);
  } catch (error) {
    const reason = `a picture of ${bytes.length} bytes was refused: ${explain(error).split('\n')[0]}`;
    sink.refused(reason);
    sink.count('malformed');
    return reason;
  }
  await sink.picture({ ...image, mediaMs, damaged: false, pool: null });
  return null;
}
