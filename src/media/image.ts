type Sharp = typeof import('sharp').default;

let loaded: Promise<Sharp> | null = null;

/** sharp, loaded with the first picture: its libraries take 25 MB that most cabinets never need. */
function loadSharp(): Promise<Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // the board's cores belong to inference: no thread pool of its own, nothing kept between two pictures
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}

/** Largest picture that is decoded, in pixels: a small file can claim to be gigapixels. */
const MAX_PIXELS = 64e6;

/** RGB24, rows top to bottom, and the size it had before it was scaled down. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly data: Uint8Array;
}

/**
 * Decodes one JPEG, PNG or WebP, upright, and scales it down (aspect kept) to at most `maxWidth` pixels.
 *
 * @throws if the bytes are no whole picture, or one of more than 64 megapixels
 */
export async function decodeImage(bytes: Uint8Array, maxWidth: number): Promise<DecodedImage> {
  const sharp = await loadSharp();
  // "error", not sharp's "warning": cameras often put a few stray bytes between JPEG markers
  const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true });
  const { autoOrient } = await image.metadata();
  const { data, info } = await image
    .resize({ width: maxWidth, withoutEnlargement: true })
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 colour channels, got ${info.channels}`);
  return {
    width: info.width,
    height: info.height,
    sourceWidth: autoOrient.width,
    sourceHeight: autoOrient.height,
    data,
  };
}

/**
 * Encodes RGB24 as JPEG.
 *
 * @param quality 1..100
 * @param overlay SVG of the same size, drawn over the picture
 */
export async function encodeJpeg(
  rgb: Uint8Array,
  width: number,
  height: number,
  quality: number,
  overlay?: string,
): Promise<Buffer> {
  const sharp = await loadSharp();
  const image = sharp(rgb, { raw: { width, height, channels: 3 } });
  if (overlay !== undefined) image.composite([{ input: Buffer.from(overlay), top: 0, left: 0 }]);
  return image.jpeg({ quality }).toBuffer();
}
