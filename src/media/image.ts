import { describeContent, type PictureFormat, pictureFormat } from './content-kind.js';
import type { Rgb } from './picture-light.js';
import { type UprightSize, uprightSize } from './upright-size.js';
import { wholeJpeg } from './whole-jpeg.js';

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

/** RGB24, rows top to bottom, and the size it had, with square pixels, before it was scaled down. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly data: Uint8Array;
}

/** What libjpeg says of bytes that it passes over without harm to the picture, before restart markers too. */
const HARMLESS = /extraneous bytes before marker/;
/** What sharp says where libjpeg's own words went to another picture that is decoded at the same time. */
const WORDLESS = /failOn setting/;
/** What sharp says of a picture that has more than `MAX_PIXELS`. */
const TOO_LARGE = /exceeds pixel limit/;
/** Rows of the largest block: those that a decoder without data leaves grey at the bottom. */
const BLOCK_ROWS = 16;

/**
 * Decodes one JPEG, PNG or WebP, upright, and scales it down (aspect kept) to at most `maxWidth` pixels. A JPEG is taken
 * only if all of its picture is there: stray bytes between its segments and a missing end marker are no damage.
 *
 * @param aspect width / height that the picture should have: it is stretched to that; unset, it is as it is
 * @throws if the bytes are no whole picture, or one of more than 64 megapixels
 */
export async function decodeImage(bytes: Uint8Array, maxWidth: number, aspect?: number): Promise<DecodedImage> {
  const given = fromSignature(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const format = pictureFormat(given);
  if (format !== 'jpeg') return decodeOther(given, { maxWidth, aspect }, format);
  const jpeg = wholeJpeg(given);
  try {
    return await decode(jpeg, { maxWidth, aspect }, 'warning');
  } catch (error) {
    if (!isHarmless(error)) throw damaged(error);
  }
  const image = await decode(jpeg, { maxWidth, aspect }, 'error');
  if (endsGrey(image)) throw new Error('the JPEG is damaged: it ends in grey');
  return image;
}

/** Some cameras send a line break before the picture. */
function fromSignature(bytes: Buffer): Buffer {
  const blank = /^\s{1,16}/.exec(bytes.toString('latin1', 0, 16))?.[0].length ?? 0;
  return bytes.subarray(blank);
}

/** libpng warns of colour profiles and the like: "error" is strict enough, as it refuses what is cut off too. */
async function decodeOther(bytes: Buffer, shape: Shape, format: PictureFormat | null): Promise<DecodedImage> {
  try {
    return await decode(bytes, shape, 'error');
  } catch (error) {
    if (format !== null || (bytes.length > 0 && !/unsupported image format/.test(String(error)))) throw error;
    throw new Error(`it is ${describeContent(bytes)}`);
  }
}

/** What becomes of a picture: px; width / height, undefined for its own. */
interface Shape {
  readonly maxWidth: number;
  readonly aspect: number | undefined;
}

async function decode(bytes: Buffer, { maxWidth, aspect }: Shape, failOn: 'error' | 'warning'): Promise<DecodedImage> {
  const sharp = await loadSharp();
  const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn, autoOrient: true });
  const { autoOrient } = await image.metadata();
  const source = aspect === undefined ? autoOrient : stretched(autoOrient, aspect);
  const width = Math.min(maxWidth, source.width);
  const height = Math.max(1, Math.round((width * source.height) / source.width));
  const { data, info } = await image
    .resize(aspect === undefined ? { width: maxWidth, withoutEnlargement: true } : { width, height, fit: 'fill' })
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 colour channels, got ${info.channels}`);
  return {
    width: info.width,
    height: info.height,
    sourceWidth: source.width,
    sourceHeight: source.height,
    data,
  };
}

function stretched(size: Readonly<Record<'width' | 'height', number>>, aspect: number): UprightSize {
  return uprightSize(size, (aspect * size.height) / size.width);
}

/** Whether all that libjpeg complains about leaves the picture as it is. */
function isHarmless(error: unknown): boolean {
  const complaints = error instanceof Error ? error.message.split('\n').filter(Boolean) : [];
  return complaints.length > 0 && complaints.every((complaint) => HARMLESS.test(complaint));
}

function damaged(error: unknown): Error {
  const [words = ''] = String(error instanceof Error ? error.message : error)
    .replace(/^(?:VipsJpeg: )?(?:Corrupt JPEG data: )?/, '')
    .split('\n');
  if (TOO_LARGE.test(words)) return new Error(`it has more than ${MAX_PIXELS / 1e6} megapixels`);
  return new Error(WORDLESS.test(words) ? 'the JPEG is damaged' : `the JPEG is damaged: ${words}`);
}

/** The decoder stops at its first complaint: whether there was a worse one behind it shows at the bottom only. */
function endsGrey({ width, height, sourceHeight, data }: DecodedImage): boolean {
  const rows = Math.max(1, Math.floor((BLOCK_ROWS / 2) * (height / sourceHeight)));
  return data.subarray((height - rows) * width * 3).every((value) => value === 128);
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

/** How a picture is encoded: settings of sharp's encoder of the format. */
export interface PictureCoding {
  readonly format: 'jpeg' | 'webp' | 'avif';
  /** 1..100, on the format's own scale. */
  readonly quality: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Encodes RGB24 in any of the formats.
 *
 * @param overlay SVG of the same size, drawn over the picture
 */
export async function encodePicture(
  { data, width, height }: Rgb,
  { format, quality, settings }: PictureCoding,
  overlay?: string,
): Promise<Buffer> {
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  if (overlay !== undefined) image.composite([{ input: Buffer.from(overlay), top: 0, left: 0 }]);
  return image.toFormat(format, { ...settings, quality }).toBuffer();
}

/** The pixels of a picture that this program encoded itself. */
export async function decodeOwn(bytes: Buffer): Promise<Rgb> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(bytes)
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The picture without the detail that one of a part of its size would not have. @param divisor by which width and height are divided, and then multiplied again */
export async function smoothed({ data, width, height }: Rgb, divisor: number): Promise<Rgb> {
  const sharp = await loadSharp();
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(Math.ceil(width / divisor), Math.ceil(height / divisor), { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width: smallWidth, height: smallHeight } = small.info;
  const again = await sharp(small.data, { raw: { width: smallWidth, height: smallHeight, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { data: again, width, height };
}

interface ScaledJpegOptions {
  readonly maxWidth: number;
  readonly quality: number;
}

/**
 * The same, scaled down to at most `maxWidth` pixels, aspect kept.
 *
 * @param options quality: 1..100
 */
export async function encodeScaledJpeg(
  rgb: Uint8Array,
  width: number,
  height: number,
  { maxWidth, quality }: ScaledJpegOptions,
): Promise<Buffer> {
  const sharp = await loadSharp();
  const image = sharp(rgb, { raw: { width, height, channels: 3 } });
  // a small picture for people: the cheapest filter that does not flicker
  const wide = Math.min(width, maxWidth);
  const high = Math.max(1, Math.round((height * wide) / width));
  if (wide < width) image.resize({ width: wide, height: high, fit: 'fill', kernel: 'linear' });
  return image.jpeg({ quality }).toBuffer();
}
