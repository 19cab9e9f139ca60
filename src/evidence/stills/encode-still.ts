import { EdgeError } from '../../foundation/errors.js';
import type { Compressor } from '../../media/compression/compressor.js';
import type { CompressedFormat, CompressedPicture, CompressionWish } from '../../media/compression/wish.js';
import type { NewPicture } from '../chain/new-record.js';
import type { StillPixels } from './crop.js';

export interface StillEncoding {
  /** That may be chosen from. */
  readonly formats: readonly CompressedFormat[];
  /** On the scale of JPEG, in every format. */
  readonly maxQuality: number;
  /** Bytes that the still should have at most. */
  readonly maxBytes: number;
}

/** How alike the vehicles in a still are to what the camera showed: hard to tell apart. */
const LIKENESS = 0.97;
/** What evidence is never made worse than, however slow the link: it is as large as that takes, and waits. */
const LEAST_LIKENESS = 0.9;
/** Of one still, whatever the link. */
const MOST_BYTES = 2 ** 20;
/** Names of files end in three or four letters. */
const ENDINGS = { jpeg: 'jpg', webp: 'webp', avif: 'avif' } as const;

/**
 * Encodes a still so that it has the bytes that it may, and its vehicles can be told all the same.
 *
 * @param boxes of the vehicles, in pixels of the picture
 * @throws EdgeError E_OUTPUT where not even a megabyte is enough
 */
export async function encodeStill(
  compressor: Pick<Compressor, 'compress'>,
  picture: StillPixels,
  boxes: CompressionWish['regions'],
  { formats, maxQuality, maxBytes }: StillEncoding,
): Promise<Pick<NewPicture, 'format' | 'data'>> {
  const wish: CompressionWish = { regions: boxes ?? [], formats, maxQuality };
  const compress = (bounds: CompressionWish): Promise<CompressedPicture> =>
    compressor.compress('evidence', picture, { ...wish, ...bounds });
  let made = await compress({ likeness: LIKENESS, maxBytes: Math.min(MOST_BYTES, maxBytes) }).catch(unlessTooSmall);
  if (made === null || (made.likeness < LEAST_LIKENESS && maxBytes < MOST_BYTES)) {
    made = await compress({ likeness: LEAST_LIKENESS, maxBytes: MOST_BYTES });
  }
  return { format: ENDINGS[made.format], data: made.bytes };
}

function unlessTooSmall(error: unknown): null {
  if (error instanceof EdgeError && error.code === 'E_OUTPUT') return null;
  throw error;
}
