import { EdgeError } from '../../foundation/errors.js';
import { decodeOwn, encodePicture } from '../image.js';
import type { Rgb } from '../picture-light.js';
import { withBackground } from './background.js';
import { type Coder, codersFor } from './coders.js';
import { likenessOf } from './likeness.js';
import { type CompressedPicture, type CompressionWish, checkWish, type Effort } from './wish.js';

/** Compresses the pictures of cameras, and learns from each how the next must be encoded. */
export class Compressor {
  /** How much of a core pictures may cost that do not say so themselves. */
  effort: Effort = 1;

  /**
   * Compresses a picture as wished; its pixels are read until the promise is fulfilled.
   *
   * @param camera whose it is: what was learnt of its pictures is used, and learnt
   * @throws TypeError, RangeError where the wish cannot be meant; EdgeError E_OUTPUT where not even the worst quality has so few bytes,
   * with `leastBytes` in its context
   */
  async compress(_camera: string, picture: Rgb, wish: CompressionWish): Promise<CompressedPicture> {
    checkWish(picture, wish);
    const { regions = [], formats = ['jpeg'], maxQuality = 85, overlay, maxBytes, likeness } = wish;
    const background = wish.background ?? (regions.length > 0 ? 'half' : 'whole');
    const prepared = await withBackground(picture, regions, background);
    const coder = codersFor(formats, wish.effort ?? this.effort)[0]!;
    let [low, high, encodes] = [1, maxQuality, 0];
    let best: CompressedPicture | null = null;
    let leastBytes = Number.POSITIVE_INFINITY;
    while (low <= high) {
      const quality = encodes === 0 ? high : Math.floor((low + high) / 2);
      const bytes = await encodePicture(prepared, codingOf(coder, quality), overlay);
      encodes++;
      leastBytes = Math.min(leastBytes, bytes.length);
      if (maxBytes !== undefined && bytes.length > maxBytes) {
        high = quality - 1;
        continue;
      }
      const found = likenessOf(picture, await decodeOwn(bytes), regions);
      const isAlike = likeness === undefined || found >= likeness;
      best = {
        bytes,
        contentType: `image/${coder.format}`,
        format: coder.format,
        quality,
        background,
        likeness: found,
        encodes,
        isAlike,
      };
      if (likeness !== undefined && isAlike) high = quality - 1;
      else low = quality + 1;
    }
    if (best !== null) return { ...best, encodes };
    throw new EdgeError('E_OUTPUT', `the picture has ${leastBytes} bytes at least, and may have ${maxBytes}`, {
      context: { leastBytes, maxBytes: maxBytes ?? null },
    });
  }
}

function codingOf({ format, settings }: Coder, quality: number): Parameters<typeof encodePicture>[1] {
  return { format, quality, settings };
}
