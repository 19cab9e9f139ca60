import { basename, dirname, join } from 'node:path';
import { EdgeError } from '../foundation/errors.js';
import { writeWhole } from '../foundation/private-files.js';
import { encodeJpeg } from './image.js';
import type { PreviewBox, PreviewDrawing, PreviewLine, PreviewZone } from './preview-drawing.js';
import { boxColour, LINE, type Plate, previewLabels, ZONE } from './preview-labels.js';

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

let writes = 0;

/**
 * Draws over a picture and replaces `file` by it in one step, so that who looks at the file never sees half of it. A new
 * file is for its owner only; one that is replaced keeps its mode.
 *
 * @throws EdgeError E_OUTPUT if the file cannot be written
 */
export async function writePreview(
  file: string,
  picture: PreviewPicture,
  drawing: PreviewDrawing,
  { quality, caption }: PreviewOptions,
): Promise<void> {
  const { data, width, height } = picture;
  const jpeg = await encodeJpeg(data, width, height, quality, previewOverlay(width, height, drawing, caption));
  const part = join(dirname(file), `.${basename(file)}.${process.pid}-${writes++}.part`);
  try {
    await writeWhole(file, jpeg, { part, durable: false });
  } catch (error) {
    const advice = 'preview.file must lie in an existing folder that this user may write to';
    throw new EdgeError('E_OUTPUT', `cannot write the preview ${file}: ${advice}`, { context: { file }, cause: error });
  }
}

/** The SVG that lies over the picture: boxes, zones and lines, and their labels on top of them all. */
export function previewOverlay(width: number, height: number, drawing: PreviewDrawing, caption?: string): string {
  const size = Math.max(9, Math.round(width / 60));
  const drawn = [
    ...(drawing.zones ?? []).map((zone) => zoneMarkup(zone, size)),
    ...drawing.boxes.map((box) => boxMarkup(box, size)),
    ...(drawing.lines ?? []).map((line) => lineMarkup(line, size)),
    ...previewLabels({ width, height }, drawing, size, caption).map((plate) => plateMarkup(plate, size)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn.join('')}</svg>`;
}

function zoneMarkup({ corners }: PreviewZone, size: number): string {
  const points = corners.map(([x, y]) => `${px(x)},${px(y)}`).join(' ');
  return `<polygon points="${points}" fill="${ZONE}" fill-opacity="0.15" stroke="${ZONE}" stroke-dasharray="${size / 2}"/>`;
}

/** The line with an arrow at its end. */
function lineMarkup({ from, to }: PreviewLine, size: number): string {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [x, y] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const barb = (side: -1 | 1) =>
    `${px(to[0] - size * (x + (side * y) / 2))},${px(to[1] - size * (y - (side * x) / 2))}`;
  const stroke = `fill="none" stroke="${LINE}" stroke-width="${Math.max(2, Math.round(size / 5))}"`;
  const end = `${px(to[0])},${px(to[1])}`;
  return `<polyline points="${px(from[0])},${px(from[1])} ${end} ${barb(1)} ${end} ${barb(-1)}" ${stroke}/>`;
}

function boxMarkup(box: PreviewBox, size: number): string {
  const { x1, y1, x2, y2 } = box;
  const frame = `x="${px(x1)}" y="${px(y1)}" width="${px(Math.max(0, x2 - x1))}" height="${px(Math.max(0, y2 - y1))}"`;
  return `<rect ${frame} fill="none" stroke="${boxColour(box)}" stroke-width="${Math.max(2, Math.round(size / 6))}"/>`;
}

function plateMarkup({ x1, y1, x2, y2, text, back, ink }: Plate, size: number): string {
  const plate = `<rect x="${px(x1)}" y="${px(y1)}" width="${px(x2 - x1)}" height="${px(y2 - y1)}" fill="${back}"/>`;
  const font = `font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="${ink}"`;
  return `${plate}<text x="${px(x1 + size * 0.2)}" y="${px(y1 + size)}" ${font}>${escaped(text)}</text>`;
}

function px(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : '0';
}

function escaped(text: string): string {
  const safe = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as Record<string, string>;
  // control characters are not allowed in XML at all
  return text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (c) => safe[c]!);
}
