import type { CameraPixels } from '../../frame/camera-pixels.js';
import { packPlanes, type RowsApart } from '../../kernels/pack-planes.js';

/** RGB24 pixels, rows top to bottom. */
export interface StillPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A part of a picture, as the camera made it, and where it lies in it, in pixels of the frame. */
export interface Crop extends CameraPixels {
  readonly left: number;
  readonly top: number;
}

type Area = readonly [left: number, top: number, right: number, bottom: number];

/** Of the box's width and height, on each side: what stands around a vehicle says where it is. */
const MARGIN = 0.15;
/** Pixels along the longer side: a nearer vehicle is thinned out. */
const MOST_SIDE = 1280;

/**
 * Whole pixels of a frame that hold a box with a margin around it; null where nothing of it is in the picture. Of I420 the
 * edges are even.
 */
export function cropArea(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  { width, height, yuv }: Pick<CameraPixels, 'width' | 'height' | 'yuv'>,
): [left: number, top: number, right: number, bottom: number] | null {
  const whole = yuv === undefined ? 1 : 2;
  const [aroundX, aroundY] = [(x2 - x1) * MARGIN, (y2 - y1) * MARGIN];
  const left = floorTo(x1 - aroundX, whole);
  const top = floorTo(y1 - aroundY, whole);
  const right = Math.min(width, -floorTo(-x2 - aroundX, whole));
  const bottom = Math.min(height, -floorTo(-y2 - aroundY, whole));
  return right - left < 2 || bottom - top < 2 ? null : [Math.max(0, left), Math.max(0, top), right, bottom];
}

const floorTo = (at: number, whole: number): number => Math.floor(at / whole) * whole;

/**
 * A copy of a part of a picture: of one longer than 1280 pixels every so many rows and columns.
 *
 * @param area of I420 with even edges
 * @param room for so many bytes, all of which are written; default: new
 */
export function cutOut(
  picture: CameraPixels,
  area: Area,
  room: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Crop & { readonly thinning: number } {
  const [left, top, right, bottom] = area;
  const { yuv, data } = picture;
  const thinning = Math.ceil(Math.max(right - left, bottom - top) / MOST_SIDE);
  const whole = yuv === undefined ? 1 : 2;
  const width = Math.floor((right - left) / thinning / whole) * whole;
  const height = Math.floor((bottom - top) / thinning / whole) * whole;
  const planes =
    yuv === undefined ? rgbPlane(picture, area, [width, height]) : yuvPlanes(picture, area, [width, height]);
  const to = room(planes.reduce((sum, { bytes, rows }) => sum + bytes * rows, 0));
  if (thinning === 1) packPlanes(data, planes, to);
  else thin(data, planes, { pixelBytes: yuv === undefined ? 3 : 1, thinning }, to);
  return { width, height, ...(yuv !== undefined && { yuv }), data: to, left, top, thinning };
}

function rgbPlane({ width }: CameraPixels, [left, top]: Area, [columns, rows]: readonly [number, number]): RowsApart[] {
  return [{ from: (top * width + left) * 3, stride: width * 3, bytes: columns * 3, rows }];
}

/** Luma, U and V. */
function yuvPlanes(
  { width, height }: CameraPixels,
  [left, top]: Area,
  [columns, rows]: readonly [number, number],
): RowsApart[] {
  const pixels = width * height;
  const within = (top * width) / 4 + left / 2;
  const half = { stride: width / 2, bytes: columns / 2, rows: rows / 2 };
  return [
    { from: top * width + left, stride: width, bytes: columns, rows },
    { ...half, from: pixels + within },
    { ...half, from: pixels + pixels / 4 + within },
  ];
}

function thin(
  source: Uint8Array,
  planes: readonly RowsApart[],
  { pixelBytes, thinning }: { readonly pixelBytes: number; readonly thinning: number },
  to: Uint8Array,
): void {
  let target = 0;
  for (const { from, stride, bytes, rows } of planes) {
    for (let row = 0; row < rows; row++) {
      const begin = from + row * thinning * stride;
      for (let at = 0; at < bytes; at++) to[target++] = source[begin + thinned(at, pixelBytes, thinning)]!;
    }
  }
}

/** Where a byte of a thinned row comes from. */
function thinned(at: number, pixelBytes: number, thinning: number): number {
  const within = at % pixelBytes;
  return (at - within) * thinning + within;
}
