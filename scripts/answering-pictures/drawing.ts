import sharp from 'sharp';
import type { Frame } from '../../src/frame/frame.js';

/** x1, y1, x2, y2 */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** Told apart by red-green-blind eyes too (Okabe and Ito). */
export const ORANGE = '#e69f00';
export const SKY = '#56b4e9';
export const YELLOW = '#f0e442';
export const WHITE = '#ffffff';

/** Overlays are in pixels of the frame and drawn on one twice as large, so that they can be read. */
const ZOOM = 2;

/** Content in pixels of a frame of that size, as SVG that fits its picture. */
export function svg(width: number, height: number, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width * ZOOM}" height="${height * ZOOM}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
}

/** The outline of a box. @param more attributes */
export function rect([x1, y1, x2, y2]: Box, colour: string, more = ''): string {
  return `<rect x="${x1.toFixed(1)}" y="${y1.toFixed(1)}" width="${(x2 - x1).toFixed(1)}" height="${(y2 - y1).toFixed(1)}" fill="none" stroke="${colour}" ${more}/>`;
}

/** Words on a plate whose upper left corner is given. */
export function text(x: number, y: number, words: string, back: string): string {
  const plate = `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${words.length * 4.15 + 6}" height="9" fill="${back}"/>`;
  const font = 'font-family="DejaVu Sans, sans-serif" font-size="7.5"';
  return `${plate}<text x="${(x + 2).toFixed(1)}" y="${(y + 7).toFixed(1)}" ${font}>${words}</text>`;
}

/** The frame with its overlay as JPEG. */
export function picture({ data, width, height }: Frame, overlay: string): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(width * ZOOM, height * ZOOM)
    .composite([{ input: Buffer.from(overlay), top: 0, left: 0 }])
    .jpeg({ quality: 72, mozjpeg: true })
    .toBuffer();
}
