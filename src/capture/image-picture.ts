import type { ImageDecoder, ReaderSink } from './reader.js';

/** How encoded pictures become frames. */
export interface ImageOptions {
  readonly decodeImage: ImageDecoder;
  /** px */
  readonly maxWidth: number;
  /** bytes; a larger encoded picture is rejected */
  readonly maxImageBytes: number;
}

/**
 * Decodes one picture and hands it on; a broken one is counted and left out.
 * @returns whether it could be decoded
 */
export async function deliverImage(
  bytes: Uint8Array,
  mediaMs: number | null,
  sink: ReaderSink,
  { decodeImage, maxWidth }: ImageOptions,
): Promise<boolean> {
  const image = await decodeImage(bytes, maxWidth).catch(() => null);
  if (image) await sink.picture({ ...image, mediaMs, damaged: false, pool: null });
  else sink.count('malformed');
  return image !== null;
}
