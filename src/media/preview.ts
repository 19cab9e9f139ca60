import { basename, dirname, join } from 'node:path';
import { EdgeError } from '../foundation/errors.js';
import { writeWhole } from '../foundation/private-files.js';
import { encodeJpeg } from './image.js';

/** A box to draw, in pixels of the picture. */
export interface PreviewBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly label: string;
  /** Which colour, counted from 0: the index of the class, for instance. Unset: one chosen by the label. */
  readonly colour?: number;
  /** 0..1 */
  readonly score?: number;
  readonly trackId?: number;
}

/** A line over which vehicles are counted, in pixels of the picture. */
export interface PreviewLine {
  readonly label: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** What crossing it to either side is called, seen from `from` towards `to`. */
  readonly left: string;
  readonly right: string;
}

/** An area in pixels of the picture. */
export interface PreviewZone {
  readonly label: string;
  readonly corners: readonly (readonly [x: number, y: number])[];
}

/** What is drawn over a picture. */
export interface PreviewDrawing {
  readonly boxes: readonly PreviewBox[];
  readonly lines?: readonly PreviewLine[];
  readonly zones?: readonly PreviewZone[];
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

/** Told apart by red-green-blind eyes too (Okabe and Ito); a label always gets the same one unless it is chosen. */
const COLOURS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'];

/** Lines and zones are lighter than any box. */
const LINE = '#ffffff';
const ZONE = '#c0c0ff';

/** Narrower boxes get no label; in heights of a letter. */
const MIN_LABELLED_WIDTH = 4;

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

/** The SVG that lies over the picture. */
export function previewOverlay(width: number, height: number, drawing: PreviewDrawing, caption?: string): string {
  const size = Math.max(9, Math.round(width / 60));
  const drawn = [
    ...(drawing.zones ?? []).map((zone) => zoneMarkup(zone, size)),
    ...drawing.boxes.map((box) => boxMarkup(box, size)),
    ...(drawing.lines ?? []).map((line) => lineMarkup(line, size)),
  ].join('');
  const top = caption === undefined ? '' : textMarkup(0, 0, caption, '#000', '#fff', size);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn}${top}</svg>`;
}

function zoneMarkup({ label, corners }: PreviewZone, size: number): string {
  const points = corners.map(([x, y]) => `${px(x)},${px(y)}`).join(' ');
  const style = `fill="${ZONE}" fill-opacity="0.15" stroke="${ZONE}" stroke-dasharray="${size / 2}"`;
  const [x, y] = corners.reduce((highest, corner) => (corner[1] < highest[1] ? corner : highest), corners[0]!);
  return `<polygon points="${points}" ${style}/>${textMarkup(x, y, label, ZONE, '#000', size)}`;
}

/** The line with an arrow at its end, its name at its beginning and the directions on their sides of its middle. */
function lineMarkup({ label, from, to, left, right }: PreviewLine, size: number): string {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [x, y] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const barb = (side: -1 | 1) =>
    `${px(to[0] - size * (x + (side * y) / 2))},${px(to[1] - size * (y - (side * x) / 2))}`;
  const stroke = `fill="none" stroke="${LINE}" stroke-width="${Math.max(2, Math.round(size / 5))}"`;
  const end = `${px(to[0])},${px(to[1])}`;
  const path = `<polyline points="${px(from[0])},${px(from[1])} ${end} ${barb(1)} ${end} ${barb(-1)}" ${stroke}/>`;
  const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const;
  const beside = (text: string, side: -1 | 1) => {
    // in a picture, where y grows downwards, (y, -x) points to the left of (x, y)
    const [cx, cy] = [middle[0] + side * y * size * 1.5, middle[1] - side * x * size * 1.5];
    // a plate beside a steep line grows away from it, one above or below a flat line is centred
    const shift = (1 - side * y) / 2;
    return textMarkup(cx - shift * plateWidth(text, size), cy - size * 0.65, text, '#000', LINE, size);
  };
  return `${path}${textMarkup(from[0], from[1], label, LINE, '#000', size)}${beside(left, 1)}${beside(right, -1)}`;
}

function boxMarkup({ x1, y1, x2, y2, label, colour: chosen, score, trackId }: PreviewBox, size: number): string {
  const colour = COLOURS[(chosen ?? hash(label)) % COLOURS.length]!;
  const sure = score === undefined ? '' : ` ${Math.round(score * 100)} %`;
  const text = `${label}${sure}${trackId === undefined ? '' : ` #${trackId}`}`;
  const frame = `x="${px(x1)}" y="${px(y1)}" width="${px(Math.max(0, x2 - x1))}" height="${px(Math.max(0, y2 - y1))}"`;
  const line = Math.max(2, Math.round(size / 6));
  const rect = `<rect ${frame} fill="none" stroke="${colour}" stroke-width="${line}"/>`;
  // far vehicles stand close together: their labels would hide them
  if (x2 - x1 < size * MIN_LABELLED_WIDTH) return rect;
  const above = y1 >= size * 1.3 ? y1 - size * 1.3 : y1;
  return `${rect}${textMarkup(x1, above, text, colour, '#000', size)}`;
}

function textMarkup(x: number, y: number, text: string, back: string, ink: string, size: number): string {
  const plate = `<rect x="${px(x)}" y="${px(y)}" width="${px(plateWidth(text, size))}" height="${px(size * 1.3)}" fill="${back}"/>`;
  const font = `font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="${ink}"`;
  return `${plate}<text x="${px(x + size * 0.2)}" y="${px(y + size)}" ${font}>${escaped(text)}</text>`;
}

function plateWidth(text: string, size: number): number {
  return text.length * size * 0.62 + size * 0.4;
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
