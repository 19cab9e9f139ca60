import { encodeJpeg } from '../media/image.js';
import type { Rgb } from '../media/picture-light.js';
import { shrunk } from '../media/shrunk.js';
import { inBlocks } from './aim/terminal-picture/blocks.js';
import { inSixel } from './aim/terminal-picture/sixel.js';
import type { PictureForm } from './aim/terminal-picture/terminal-picture.js';

/** Bytes of a JPEG as base64, at most. */
const MOST_BYTES = 8192;
/** From good to bad; the last one fits whatever is in the picture. */
const QUALITIES = [75, 60, 45, 30, 15, 5];
/** Letters across on a terminal. */
const COLUMNS = 64;

/** A small picture of a camera, as `diagnose --json --thumbnails` has it. */
export interface Thumbnail {
  readonly camera: string;
  readonly width: number;
  readonly height: number;
  /** Base64. */
  readonly jpeg: string;
}

/** As JPEG of 8 KiB of base64 at most; null where none is so small. */
export async function encodedThumbnail(camera: string, { width, height, data }: Rgb): Promise<Thumbnail | null> {
  for (const quality of QUALITIES) {
    const jpeg = (await encodeJpeg(data, width, height, quality)).toString('base64');
    if (jpeg.length <= MOST_BYTES) return { camera, width, height, jpeg };
  }
  return null;
}

/** Those of several cameras, by their ids. */
export async function encodedThumbnails(pictures: ReadonlyMap<string, Rgb>): Promise<Thumbnail[]> {
  const encoded = await Promise.all([...pictures].map(([camera, picture]) => encodedThumbnail(camera, picture)));
  return encoded.filter((one) => one !== null);
}

/** Lines of a terminal: the picture beneath the camera's id. */
export function thumbnailLines(camera: string, picture: Rgb, form: PictureForm): string[] {
  if (form === 'none') return [];
  if (form === 'sixel') return [camera, inSixel(picture)];
  // pictures of kitty's own replace each other, and lie over what is printed later
  const width = Math.min(COLUMNS, picture.width);
  const height = Math.max(2, Math.round((picture.height * width) / picture.width / 2) * 2);
  return [camera, ...inBlocks(shrunk(picture, width, Math.min(height, picture.height)))];
}
