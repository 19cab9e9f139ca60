import type { Rgb } from '../picture-light.js';

/** What pictures are compressed as. */
export const COMPRESSED_FORMATS = ['jpeg', 'webp', 'avif'] as const;
export type CompressedFormat = (typeof COMPRESSED_FORMATS)[number];

/** A part of a picture that must stay sharp, a vehicle for instance: x1, y1, x2, y2 in pixels of that picture. What lies outside is cut off. */
export type Region = readonly [x1: number, y1: number, x2: number, y2: number];

/** How much of the detail outside the regions is kept: all of it, or as much as a picture of half or a quarter of the width has. */
export const BACKGROUND_DETAILS = ['whole', 'half', 'quarter'] as const;
export type Background = (typeof BACKGROUND_DETAILS)[number];

/** How much of a core a picture may cost: 0 least (5 ms for 640 × 360), 3 most (150 ms). */
export const EFFORTS = [0, 1, 2, 3] as const;
export type Effort = (typeof EFFORTS)[number];

/** What a picture should become: at least one of `maxBytes` and `likeness`; with both, as alike as asked for, or as is possible in so many bytes. */
export interface CompressionWish {
  /** Most bytes of the file. */
  readonly maxBytes?: number;
  /** How alike the regions (without any: the whole picture) should be to the original: mean SSIM of their luma, above 0, below 1. 0.95 is hard to tell from it. */
  readonly likeness?: number;
  /** Default: none. */
  readonly regions?: readonly Region[];
  /** What who gets it can show; default JPEG alone, which everybody can. */
  readonly formats?: readonly CompressedFormat[];
  /** Default half where there are regions. A tight `maxBytes` takes more of it away before the regions suffer. */
  readonly background?: Background;
  /** Quality that it is not better than, on the scale of JPEG in every format, 1..100; default 85, above which bytes are all that grows. */
  readonly maxQuality?: number;
  /** Default: as the compressor has it. */
  readonly effort?: Effort;
  /** SVG of the size of the picture, drawn over it. */
  readonly overlay?: string;
}

/** A compressed picture. */
export interface CompressedPicture {
  readonly bytes: Buffer;
  readonly contentType: `image/${CompressedFormat}`;
  readonly format: CompressedFormat;
  /** On the format's own scale, 1..100. */
  readonly quality: number;
  readonly background: Background;
  /** How alike the regions are to the original, SSIM of their luma. */
  readonly likeness: number;
  /** Whether the likeness was measured; false: foretold. */
  readonly isMeasured: boolean;
  /** How often it was encoded until it was as wished. */
  readonly encodes: number;
  /** Whether it is as alike as was wished; false where `maxBytes` or `maxQuality` did not allow it. */
  readonly isAlike: boolean;
}

/** @throws TypeError, RangeError where a picture or a wish cannot be meant */
export function checkWish({ width, height, data }: Rgb, wish: CompressionWish): void {
  if (!(data instanceof Uint8Array)) throw new TypeError('data: expected a Uint8Array of RGB24 pixels');
  if (data.byteLength !== width * height * 3 || data.byteLength === 0)
    throw new RangeError(`data: expected ${width * height * 3} bytes for ${width} × ${height}, got ${data.byteLength}`);
  const { maxBytes, likeness, maxQuality = 85, formats = ['jpeg'], regions = [] } = wish;
  if (maxBytes === undefined && likeness === undefined)
    throw new TypeError('wish: expected maxBytes or likeness, got neither');
  if (maxBytes !== undefined && !(maxBytes > 0)) throw new RangeError(`maxBytes: expected above 0, got ${maxBytes}`);
  if (likeness !== undefined && !(likeness > 0 && likeness < 1))
    throw new RangeError(`likeness: expected above 0 and below 1, got ${likeness}`);
  if (!(maxQuality >= 1 && maxQuality <= 100)) throw new RangeError(`maxQuality: expected 1 to 100, got ${maxQuality}`);
  if (formats.length === 0) throw new RangeError('formats: expected at least one, got none');
  for (const format of formats)
    if (!COMPRESSED_FORMATS.includes(format))
      throw new RangeError(`formats: expected some of ${COMPRESSED_FORMATS.join(', ')}, got ${format}`);
  for (const region of regions)
    if (!region.every(Number.isFinite)) throw new RangeError(`regions: expected numbers, got ${region.join(', ')}`);
}
