import type { Frame } from '../../frame/frame.js';
import { lumaScale } from '../../kernels/yuv-colour.js';

/** A picture as single brightness values, which are read where they are. */
export interface LumaPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Of the first value in `data`, bytes; and from one value to the next in its row. */
  readonly first: number;
  readonly step: number;
  /** What a level is worth on the scale of 0..255. */
  readonly scale: number;
}

/** What the brightness is taken from. */
export type Brightness = Pick<Frame, 'width' | 'height' | 'data' | 'yuv'>;

/**
 * The brightness of a frame: the plane of luma where it has one. In RGB24 the green channel stands for luma: it carries most of it, and
 * reading it where it is costs no conversion.
 */
export function brightnessOf({ width, height, data, yuv }: Brightness): LumaPicture {
  if (yuv === undefined) return { width, height, data, first: 1, step: 3, scale: 1 };
  return { width, height, data, first: 0, step: 1, scale: lumaScale(yuv) };
}

/** Brightness at a point in pixels, interpolated between four, from an arbitrary black on; beyond the edge as at the edge. */
export function sample({ width, height, data, first, step, scale }: LumaPicture, x: number, y: number): number {
  const px = x < 0 ? 0 : x > width - 1.001 ? width - 1.001 : x;
  const py = y < 0 ? 0 : y > height - 1.001 ? height - 1.001 : y;
  const left = px | 0;
  const top = py | 0;
  const fx = px - left;
  const row = width * step;
  const at = top * row + left * step + first;
  const above = data[at]! + (data[at + step]! - data[at]!) * fx;
  const below = data[at + row]! + (data[at + row + step]! - data[at + row]!) * fx;
  return (above + (below - above) * (py - top)) * scale;
}
