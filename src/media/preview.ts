import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EdgeError } from '../errors.js';
import { encodeJpeg } from './image.js';

/** A box to draw, in pixels of the picture. */
export interface PreviewBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly label: string;
  /** 0..1 */
  readonly score?: number;
}

/** RGB24, `width * height * 3` bytes. */
export interface PreviewPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface PreviewOptions {
  /** JPEG quality, 1..100 */
  readonly quality: number;
  /** One line over the top of the picture. */
  readonly caption?: string;
}

/** Told apart by red-green-blind eyes too (Okabe and Ito); a label always gets the same one. */
const COLOURS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'];

/** Narrower boxes get no label; in heights of a letter. */
const MIN_LABELLED_WIDTH = 4;

let writes = 0;

/**
 * Draws boxes over a picture and replaces `file` by it in one step, so that who looks at the file never sees half of it.
 *
 * @throws EdgeError E_OUTPUT if the file cannot be written
 */
export async function writePreview(
  file: string,
  picture: PreviewPicture,
  boxes: readonly PreviewBox[],
  { quality, caption }: PreviewOptions,
): Promise<void> {
  const { data, width, height } = picture;
  const jpeg = await encodeJpeg(data, width, height, quality, previewOverlay(width, height, boxes, caption));
  const part = join(dirname(file), `.${basename(file)}.${process.pid}-${writes++}.part`);
  try {
    await writeFile(part, jpeg);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    const advice = 'preview.file must lie in an existing folder that this user may write to';
    throw new EdgeError('E_OUTPUT', `cannot write the preview ${file}: ${advice}`, { context: { file }, cause: error });
  }
}

/** The SVG that lies over the picture. */
export function previewOverlay(width: number, height: number, boxes: readonly PreviewBox[], caption?: string): string {
  const size = Math.max(9, Math.round(width / 60));
  const drawn = boxes.map((box) => boxMarkup(box, size)).join('');
  const top = caption === undefined ? '' : textMarkup(0, 0, caption, '#000', '#fff', size);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn}${top}</svg>`;
}

function boxMarkup({ x1, y1, x2, y2, label, score }: PreviewBox, size: number): string {
  const colour = COLOURS[hash(label) % COLOURS.length]!;
  const text = score === undefined ? label : `${label} ${Math.round(score * 100)} %`;
  const frame = `x="${px(x1)}" y="${px(y1)}" width="${px(Math.max(0, x2 - x1))}" height="${px(Math.max(0, y2 - y1))}"`;
  const line = Math.max(2, Math.round(size / 6));
  const rect = `<rect ${frame} fill="none" stroke="${colour}" stroke-width="${line}"/>`;
  // far vehicles stand close together: their labels would hide them
  if (x2 - x1 < size * MIN_LABELLED_WIDTH) return rect;
  const above = y1 >= size * 1.3 ? y1 - size * 1.3 : y1;
  return `${rect}${textMarkup(x1, above, text, colour, '#000', size)}`;
}

function textMarkup(x: number, y: number, text: string, back: string, ink: string, size: number): string {
  const width = px(text.length * size * 0.62 + size * 0.4);
  const plate = `<rect x="${px(x)}" y="${px(y)}" width="${width}" height="${px(size * 1.3)}" fill="${back}"/>`;
  const font = `font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="${ink}"`;
  return `${plate}<text x="${px(x + size * 0.2)}" y="${px(y + size)}" ${font}>${escaped(text)}</text>`;
}

function px(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : '0';
}

function hash(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}

function escaped(text: string): string {
  const safe = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as Record<string, string>;
  // control characters are not allowed in XML at all
  return text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (c) => safe[c]!);
}
